import type { Sample, Variant } from './variant.js';

const failed = ({ host }: Variant, result: object) => `fatal: [${host}]: FAILED! => ${JSON.stringify(result)}`;

const command = (variant: Variant, stderr: string) =>
  failed(variant, {
    changed: true,
    cmd: ['mount', '/data'],
    delta: `0:00:0${variant.n % 10}.01`,
    end: variant.at,
    msg: 'non-zero return code',
    rc: 32,
    start: variant.at,
    stderr,
    stderr_lines: [stderr],
    stdout: `run ${variant.hex}`,
  });

export const ansible: Sample[] = [
  {
    name: 'a command whose stderr says why',
    says: 'mount: /data: special device /dev/sdb<n> does not exist.',
    text: (v) => command(v, `mount: /data: special device /dev/sdb${v.n} does not exist.`),
  },
  {
    name: 'the same command, failing otherwise',
    says: 'mount: /data: permission denied.',
    text: (v) => command(v, 'mount: /data: permission denied.'),
  },
  {
    name: 'a host that cannot be reached',
    says: 'ssh: connect to host <ip> port 22: Connection timed out',
    text: ({ host, ip }) =>
      `fatal: [${host}]: UNREACHABLE! => {"changed": false, "msg": "Failed to connect to the host via ssh: ssh: connect to host ${ip} port 22: Connection timed out", "unreachable": true}`,
  },
  {
    name: 'a module that fails in Python',
    says: "ModuleNotFoundError: No module named 'botocore'",
    text: (v) =>
      failed(v, {
        changed: false,
        module_stderr: `Traceback (most recent call last):\n  File "/root/.ansible/tmp/ansible-tmp-17${v.pid}.5-${v.n}-2/AnsiballZ_ec2.py", line 107, in <module>\n    _ansiballz_main()\nModuleNotFoundError: No module named 'botocore'\n`,
        module_stdout: '',
        msg: 'MODULE FAILURE\nSee stdout/stderr for the exact error',
        rc: 1,
      }),
  },
  {
    name: 'another module that is not there',
    says: "ModuleNotFoundError: No module named 'openstack'",
    text: (v) =>
      failed(v, {
        changed: false,
        module_stderr: `Traceback (most recent call last):\n  File "/root/.ansible/tmp/ansible-tmp-17${v.pid}.5-${v.n}-2/AnsiballZ_ec2.py", line 107, in <module>\n    _ansiballz_main()\nModuleNotFoundError: No module named 'openstack'\n`,
        msg: 'MODULE FAILURE\nSee stdout/stderr for the exact error',
        rc: 1,
      }),
  },
  {
    name: 'an item of a loop',
    says: 'No package matching foo-tools found available, installed or updated',
    text: ({ host, n }) =>
      `failed: [${host}] (item=foo-tools-${n}) => {"ansible_loop_var": "item", "changed": false, "item": "foo-tools", "msg": "No package matching foo-tools found available, installed or updated", "rc": 126}\nfatal: [${host}]: FAILED! => {"changed": false, "msg": "All items completed", "results": []}`,
  },
  {
    name: 'a result written as YAML',
    says: 'No such file or directory',
    text: ({ host, n, tmp }) =>
      `fatal: [${host}]: FAILED! => changed=true \n  cmd: cp a b\n  delta: '0:00:0${n % 10}'\n  msg: non-zero return code\n  rc: 1\n  stderr: |-\n    cp: cannot stat '${tmp}': No such file or directory\n  stdout: ''`,
  },
  {
    name: 'a result whose middle is left out',
    says: 'Destination /etc/app is not writable',
    text: (v) =>
      `fatal: [${v.host}]: FAILED! => {"changed": false, "diff": "${'x'.repeat(3_000)}… [1048576 bytes, the middle is left out] …${'y'.repeat(2_000)}", "msg": "Destination /etc/app is not writable", "uid": ${v.pid}}`,
  },
];
