import type { Sample } from './variant.js';

const traceback = (...frames: string[]) => ['Traceback (most recent call last):', ...frames].join('\n');
const frame = (file: string, line: number, name: string, code: string) =>
  `  File "${file}", line ${line}, in ${name}\n    ${code}`;

export const python: Sample[] = [
  {
    name: 'a missing key',
    says: "KeyError: 'flavor'",
    text: ({ n }) =>
      `${traceback(
        frame('/srv/provision/main.py', 10 + n, '<module>', 'launch(spec)'),
        frame('/srv/provision/launch.py', 40 + n, 'launch', "size = spec['flavor']"),
      )}\nKeyError: 'flavor'\n`,
  },
  {
    name: 'another missing key in the same place',
    says: "KeyError: 'image'",
    text: ({ n }) =>
      `${traceback(
        frame('/srv/provision/main.py', 10 + n, '<module>', 'launch(spec)'),
        frame('/srv/provision/launch.py', 41 + n, 'launch', "image = spec['image']"),
      )}\nKeyError: 'image'\n`,
  },
  {
    name: 'a connection that is refused, explained by its wrapper',
    says: 'ConnectionRefusedError: [Errno 111] Connection refused',
    text: ({ host, ip, n }) =>
      `${traceback(
        frame(`/opt/venv${n}/lib/python3.11/socket.py`, 851, 'create_connection', 'sock.connect(sa)'),
      )}\nConnectionRefusedError: [Errno 111] Connection refused\n\nThe above exception was the direct cause of the following exception:\n\n${traceback(
        frame('/srv/provision/ssh.py', 22, 'wait', 'connect(address)'),
      )}\nprovision.errors.Unreachable: ${host} (${ip}) does not answer\n`,
  },
  {
    name: 'the same wrapper, of a host that has no route',
    says: 'OSError: [Errno 113] No route to host',
    text: ({ host, ip, n }) =>
      `${traceback(
        frame(`/opt/venv${n}/lib/python3.11/socket.py`, 851, 'create_connection', 'sock.connect(sa)'),
      )}\nOSError: [Errno 113] No route to host\n\nThe above exception was the direct cause of the following exception:\n\n${traceback(
        frame('/srv/provision/ssh.py', 22, 'wait', 'connect(address)'),
      )}\nprovision.errors.Unreachable: ${host} (${ip}) does not answer\n`,
  },
  {
    name: 'an error while another was handled',
    says: 'ParseError: line <n> is no header',
    text: ({ n, tmp }) =>
      `${traceback(
        frame(`${tmp}/cache.py`, 5, 'lookup', 'return cache[key]'),
      )}\nKeyError: 'item-${n}'\n\nDuring handling of the above exception, another exception occurred:\n\n${traceback(
        frame('/srv/provision/parse.py', 31, 'header', 'raise ParseError(number)'),
      )}\nprovision.ParseError: line ${n} is no header\n`,
  },
  {
    name: 'a command whose output says why',
    says: 'E: Unable to locate package nginx-extra',
    text: ({ n }) =>
      `Reading package lists... ${n}%\nE: Unable to locate package nginx-extra\n${traceback(
        frame('/srv/provision/apt.py', 14, 'install', 'subprocess.run(command, check=True)'),
        frame('/usr/lib/python3.11/subprocess.py', 571, 'run', 'raise CalledProcessError(retcode, process.args,'),
      )}\nsubprocess.CalledProcessError: Command '['apt-get', 'install', '-y']' returned non-zero exit status 100.\n`,
  },
  {
    name: 'a syntax error',
    says: "SyntaxError: '(' was never closed",
    text: ({ tmp, n }) =>
      `  File "${tmp}/step.py", line ${n + 1}\n    call(\n        ^\nSyntaxError: '(' was never closed\n`,
  },
  {
    name: 'a group of exceptions, in any order',
    says: 'DiskFull: /dev/vda<n> is full; ValueError: no quorum',
    text: ({ n }) => {
      const members = [
        `    | ${['Traceback (most recent call last):', '  File "/srv/a.py", line 3, in fill', '    raise DiskFull(name)', `DiskFull: /dev/vda${n} is full`].join('\n    | ')}`,
        `    | ${['Traceback (most recent call last):', '  File "/srv/a.py", line 9, in vote', '    raise ValueError("no quorum")', 'ValueError: no quorum'].join('\n    | ')}`,
      ];
      const [first, second] = n % 2 ? members : [...members].reverse();
      return `  + Exception Group Traceback (most recent call last):\n  |   File "/srv/a.py", line ${n}, in <module>\n  |     asyncio.run(main())\n  | ExceptionGroup: unhandled errors in a TaskGroup (2 sub-exceptions)\n  +-+---------------- 1 ----------------\n${first}\n    +---------------- 2 ----------------\n${second}\n    +------------------------------------\n`;
    },
  },
];
