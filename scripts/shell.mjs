/** npm sends a signal to the shell between npm and this process; the shell ends without forwarding it. */
export function stopWithShell() {
  const shell = process.ppid;
  setInterval(() => process.ppid === shell || process.kill(process.pid, 'SIGTERM'), 200).unref();
}
