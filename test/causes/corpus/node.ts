import type { Sample } from './variant.js';

export const node: Sample[] = [
  {
    name: 'a connection that is refused, as the cause',
    says: 'Error: connect ECONNREFUSED <ip>:443',
    text: ({ ip, n, pid }) => `/srv/app/attach.js:${n}
    throw new Error('volume is not attached', { cause });
    ^

Error: volume vol-0a${n}c4d5e6f is not attached
    at attach (/srv/app/attach.js:${n}:11)
    at process.processTicksAndRejections (node:internal/process/task_queues:95:5) {
  [cause]: Error: connect ECONNREFUSED ${ip}:443
      at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1555:16) {
    errno: -111,
    code: 'ECONNREFUSED',
    port: ${pid}
  }
}

Node.js v20.19.0`,
  },
  {
    name: 'a property of nothing',
    says: "TypeError: Cannot read properties of undefined (reading 'address')",
    text: ({ n, hex }) => `TypeError: Cannot read properties of undefined (reading 'address')
    at addressOf (/srv/releases/${hex}/net.js:${n}:18)
    at async Promise.all (index ${n})
    at async main (file:///srv/releases/${hex}/main.mjs:7:3)`,
  },
  {
    name: 'another property of nothing',
    says: "TypeError: Cannot read properties of undefined (reading 'name')",
    text: ({ n, hex }) => `TypeError: Cannot read properties of undefined (reading 'name')
    at addressOf (/srv/releases/${hex}/net.js:${n}:18)
    at async main (file:///srv/releases/${hex}/main.mjs:7:3)`,
  },
  {
    name: 'several errors, in any order',
    says: 'Error: <host> timed out; RangeError: no free port',
    text: ({ host, n }) => {
      const members = [
        `    Error: ${host} timed out\n        at ask (/srv/app/ask.js:${n}:2)`,
        `    RangeError: no free port\n        at port (/srv/app/port.js:${n}:2)`,
      ];
      const listed = n % 2 ? members : [...members].reverse();
      return `[AggregateError: All promises were rejected] {\n  [errors]: [\n${listed.join(',\n')}\n  ]\n}\n`;
    },
  },
  {
    name: 'a command whose stderr says why',
    says: 'ls: cannot access <path>: No such file or directory',
    text: ({ tmp }) => `Error: Command failed: ls ${tmp}
ls: cannot access ${tmp}: No such file or directory

    at genericNodeError (node:internal/errors:984:15)
    at execFileSync (node:child_process:925:15)
    at list (/srv/app/list.js:3:1)`,
  },
  {
    name: 'what the reporter of stepcast/client sends',
    says: 'RangeError: no address is left',
    text: ({ host, n }) => `Error: ${host} could not be launched
    at launch (/srv/app/launch.js:${n}:9)
Caused by: RangeError: no address is left in 10.${n}.0.0/16
    at allocate (/srv/app/pool.js:${n}:1)`,
  },
];
