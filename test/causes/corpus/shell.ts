import type { Sample } from './variant.js';

export const shell: Sample[] = [
  {
    name: 'a command that is not there',
    says: 'yq: command not found',
    text: ({ n, tmp }) =>
      `+ echo ${n}\n${n}\n+ yq . x\n${tmp}.sh: line ${n + 2}: yq: command not found\nexit status 127`,
  },
  {
    name: 'another that is not there',
    says: 'helm: command not found',
    text: ({ n, tmp }) =>
      `+ echo ${n}\n${n}\n+ helm ls\n${tmp}.sh: line ${n + 2}: helm: command not found\nexit status 127`,
  },
  {
    name: 'a command that says nothing',
    says: 'test -d /data: exit status 1',
    text: () => '+ test -d /data\nexit status 1',
  },
  {
    name: 'what follows the status',
    says: 'ssh: connect to host <ip> port 22: Connection refused',
    text: ({ ip, n }) =>
      `Process exited with status 255\nssh: connect to host ${ip} port 22: Connection refused\r\nwarning: ${n}\r\n`,
  },
  {
    name: 'a disk that is full, after a progress bar',
    says: 'tar: write error: No space left on device',
    text: ({ n }) =>
      `${n}%\r${n + 1}%\r\u001b[31mtar: write error: No space left on device\u001b[0m\r\nmake: *** [Makefile:${n}: all] Error 2\r\n`,
  },
  {
    name: 'npm, whose reason is not its last line',
    says: 'npm ERR! Missing script: "deploy"',
    text: ({ at }) =>
      `npm ERR! Missing script: "deploy"\nnpm ERR! \nnpm ERR! To see a list of scripts, run:\nnpm ERR!   npm run\n\nnpm ERR! A complete log of this run can be found in: /root/.npm/_logs/${at.replaceAll(':', '_')}Z-debug-0.log`,
  },
  {
    name: 'a time-out in words',
    says: 'timed out waiting for ssh after <n> s',
    text: ({ n }) => `timed out waiting for ssh after ${n} s`,
  },
  { name: 'in another script', says: 'לא נמצא', text: ({ n }) => `שגיאה: הקובץ לא נמצא ${n}` },
  {
    name: 'Docker',
    says: 'Error response from daemon: pull access denied for registry',
    text: ({ hex }) =>
      `Unable to find image 'registry:${hex}' locally\nError response from daemon: pull access denied for registry, repository does not exist\nSee 'docker run --help'.`,
  },
];
