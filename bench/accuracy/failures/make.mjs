// node bench/accuracy/failures/make.mjs FOLDER: makes every program here fail, each cause ten times with other names and
// numbers, and writes FOLDER/messages.txt (one failure a line, as a JSON string) and FOLDER/labels.txt (its cause).
// Needs Python, a JDK, Ansible, Terraform, curl, git, make and openssl; what is missing is left out, and said.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const here = import.meta.dirname;
const [given] = process.argv.slice(2);
if (!given) throw new Error('expected a folder to write to, got none');
const folder = resolve(given);
const variants = 10;
const roles = ['web', 'db', 'cache', 'worker', 'etcd', 'store', 'proxy', 'queue', 'master', 'compute'];
const hosts = Array.from({ length: variants }, (_, n) => `${roles[n]}-${3 + 17 * n}`);
const failures = [];

function run(command, args, options = {}) {
  return spawnSync(command, args, { encoding: 'utf8', cwd: folder, maxBuffer: 1 << 28, ...options });
}

/** A program that is called as `program CAUSE N HOST FOLDER`, and tells its causes. */
function program(kind, command, ...before) {
  const { stdout, error } = run(command, [...before, 'causes']);
  if (error) return console.error(`left out ${kind}: ${error.message}`);
  for (const cause of stdout.trim().split(/\s+/)) {
    for (const [n, host] of hosts.entries()) {
      const work = join(folder, `run-${kind}-${cause}-${(n + 1) * 7919}`);
      mkdirSync(work, { recursive: true });
      const failed = run(command, [...before, cause, String(n + 1), host, work]);
      if (failed.status === 0) console.error(`${kind}: ${cause} did not fail`);
      failures.push({ label: `${kind} ${cause}`, text: failed.stdout + failed.stderr });
    }
  }
}

function ansible() {
  const inventory = join(folder, 'hosts');
  writeFileSync(inventory, `${hosts.join('\n')}\n`);
  const env = { ...process.env, ANSIBLE_NOCOLOR: '1', ANSIBLE_FORKS: '3', ANSIBLE_RETRY_FILES_ENABLED: '0' };
  const { stdout, error } = run(
    'ansible-playbook',
    ['-i', inventory, '-e', `folder=${folder}`, join(here, 'fail.yml')],
    { env },
  );
  if (error) return console.error(`left out ansible: ${error.message}`);
  for (const task of stdout.split(/^(?=TASK \[)/m)) {
    const label = `ansible ${/^TASK \[(.*)\]/.exec(task)?.[1]}`;
    for (const [text] of task.matchAll(/^fatal: .*(?:\n[ }].*)*/gm)) failures.push({ label, text });
  }
}

function terraform() {
  const work = join(folder, 'terraform');
  mkdirSync(work, { recursive: true });
  const variables = [`-var=hosts=${JSON.stringify(hosts)}`, `-var=folder=${folder}`, '-input=false'];
  const source = readFileSync(join(here, 'fail.tf'), 'utf8');
  // What fails when it is planned keeps the rest from being applied.
  const blocks = source.split(/\n(?=resource )/);
  const planned = /"(?:precondition|file|index|json|attribute)" \{/;
  for (const which of [true, false]) {
    writeFileSync(
      join(work, 'main.tf'),
      blocks.filter((block, n) => n === 0 || planned.test(block) === which).join('\n'),
    );
    const begun = run('terraform', ['init', '-no-color'], { cwd: work });
    if (begun.error) return console.error(`left out terraform: ${begun.error.message}`);
    // In colour and boxes, and without either.
    const colour = which ? [] : ['-no-color'];
    const { stderr } = run('terraform', ['apply', '-auto-approve', ...colour, ...variables], { cwd: work });
    for (const box of stderr.split(which ? /^(?=\S{0,9}╷)/m : /^(?=Error: )/m)) {
      const cause = /"terraform_data" "(\w+)"/.exec(box)?.[1];
      if (cause) failures.push({ label: `terraform ${cause}`, text: box });
    }
  }
}

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
copyFileSync(join(here, 'Fail.java'), join(folder, 'Fail.java'));
if (run('javac', ['Fail.java']).status === 0) program('java', 'java', '-Xmx64m', '-cp', folder, 'Fail');
else console.error('left out java: no JDK');
program('python', 'python3', join(here, 'fail.py'));
program('node', process.execPath, join(here, 'fail.mjs'));
program('shell', join(here, 'fail.sh'));
ansible();
terraform();
writeFileSync(join(folder, 'messages.txt'), failures.map(({ text }) => `${JSON.stringify(text)}\n`).join(''));
writeFileSync(join(folder, 'labels.txt'), failures.map(({ label }) => `${label}\n`).join(''));
console.log(`${failures.length} failures of ${new Set(failures.map(({ label }) => label)).size} causes`);
