/** npm passes a signal on to the shell between us, which dies of it and does not tell us. */
export function stopWithShell() {
  const shell = process.ppid;
  setInterval(() => process.ppid === shell || process.kill(process.pid, 'SIGTERM'), 200).unref();
}
