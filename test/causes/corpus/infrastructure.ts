import type { Sample } from './variant.js';

/** Terraform, OpenStack, cloud-init. */
export const infrastructure: Sample[] = [
  {
    name: 'Terraform: a missing argument',
    says: 'Missing required argument: The argument "ami" is required',
    text: ({ n }) =>
      `╷\n│ Error: Missing required argument\n│ \n│   on main.tf line ${n}, in resource "aws_instance" "web${n}":\n│   ${n}: resource "aws_instance" "web${n}" {\n│ \n│ The argument "ami" is required, but no\n│ definition was found.\n╵\n`,
  },
  {
    name: 'Terraform: an image that is not there',
    says: 'creating EC2 Instance: InvalidAMIID.NotFound: The image id',
    text: ({ hex, uuid, n }) =>
      `╷\n│ Error: creating EC2 Instance: InvalidAMIID.NotFound: The image id '[ami-${hex}]' does not exist\n│ \tstatus code: 400, request id: ${uuid}\n│ \n│   with aws_instance.web[${n}],\n│   on main.tf line 3, in resource "aws_instance" "web":\n│    3: resource "aws_instance" "web" {\n│ \n╵\n`,
  },
  {
    name: "Terraform: a provisioner's command",
    says: 'jq: command not found',
    text: ({ n, tmp }) =>
      `\u001b[31m╷\u001b[0m\n\u001b[31m│\u001b[0m Error: local-exec provisioner error\n│ \n│   with terraform_data.x[${n}],\n│   on main.tf line 7, in resource "terraform_data" "x":\n│    7:   provisioner "local-exec" {\n│ \n│ Error running command 'sh ${tmp} ${n}': exit status 127. Output: starting ${n}\n│ ${tmp}: line 3: jq: command not found\n│ \n╵\n`,
  },
  {
    name: 'Terraform: what a command printed, wrapped',
    says: "install: cannot stat '<path>': No such file or directory",
    text: ({ n, tmp }) => {
      const words = `Error running command 'install -m 600 ${tmp} /etc/k${n}': exit status 1. Output: install: cannot stat '${tmp}': No such file or directory`;
      const wrapped = words.split(' ').reduce(([last = '', ...lines]: string[], word) => {
        const isFull = last.length + 1 + word.length > 77;
        return isFull ? [word, last, ...lines] : [`${last} ${word}`.trim(), ...lines];
      }, []);
      return `Error: local-exec provisioner error\n\n  with terraform_data.key[${n}],\n  on main.tf line 7, in resource "terraform_data" "key":\n   7:   provisioner "local-exec" {\n\n${wrapped.reverse().join('\n')}\n\n`;
    },
  },
  {
    name: 'Terraform without a box',
    says: 'Unsupported attribute: This object does not have an attribute named "zone".',
    text: ({ n }) =>
      `\nError: Unsupported attribute\n\n  on net.tf line ${n}, in output "zone":\n  ${n}: value = aws_subnet.x.zone\n\nThis object does not have an attribute named "zone". Did you mean another?\n`,
  },
  {
    name: 'Heat: no valid host',
    says: 'No valid host was found. There are not enough hosts available.',
    text: ({ n }) =>
      `Resource CREATE failed: ResourceInError: resources.worker.resources[${n}].server: Went to status ERROR due to "Message: No valid host was found. There are not enough hosts available., Code: 500"`,
  },
  {
    name: 'Heat: a volume',
    says: 'Volume <id> did not finish being created',
    text: ({ n, uuid }) =>
      `ResourceInError: resources.worker.resources[${n}].server: Went to status ERROR due to "Message: Build of instance aborted: Volume ${uuid} did not finish being created even after we waited ${n} seconds, Code: 500"`,
  },
  {
    name: "Nova: a server's fault",
    says: 'Exceeded maximum number of retries.',
    text: ({ at, uuid }) =>
      `{'message': 'Exceeded maximum number of retries. Exhausted all hosts available for retrying build failures for instance ${uuid}.', 'code': 500, 'created': '${at}Z', 'details': 'Traceback (most recent call last):\\n  File "x.py", line 1, in build'}`,
  },
  {
    name: 'OpenStack: a quota of cores',
    says: 'Quota exceeded for cores: Requested <n>, but already used <n> of <n> cores (HTTP 403)',
    text: ({ n, uuid }) =>
      `Quota exceeded for cores: Requested ${n + 1}, but already used ${n + 30} of 40 cores (HTTP 403) (Request-ID: req-${uuid})`,
  },
  {
    name: 'OpenStack: a quota of memory',
    says: 'Quota exceeded for ram',
    text: ({ n, uuid }) =>
      `Quota exceeded for ram: Requested ${n + 1}, but already used ${n + 30} of 40 ram (HTTP 403) (Request-ID: req-${uuid})`,
  },
  {
    name: 'cloud-init: a package',
    says: 'E: Unable to locate package nginx-full',
    text: ({ at, n }) =>
      `${at.replace('T', ' ').slice(0, 23)} - util.py[WARNING]: Failed to install packages: ['nginx-full']\n${at.replace('T', ' ').slice(0, 23)} - util.py[DEBUG]: attempt ${n}\nTraceback (most recent call last):\n  File "/usr/lib/python3/dist-packages/cloudinit/config/cc_package.py", line ${n}, in handle\n    raise errors[-1]\ncloudinit.subp.ProcessExecutionError: Unexpected error while running command.\nCommand: ['eatmydata', 'apt-get', 'install', 'nginx-full']\nExit code: 100\nReason: -\nStdout: Reading package lists...\nStderr: E: Unable to locate package nginx-full`,
  },
  {
    name: 'cloud-init: its status',
    says: 'Runparts: <n> failures',
    text: ({ n }) =>
      `status: error\nextended_status: error - done\ndetail: DataSourceOpenStack [net,ver=${n}]\nerrors:\n\t- ('scripts_user', RuntimeError('Runparts: 1 failures (part-00${n % 10}) in 1 attempted commands'))\nrecoverable_errors: {}`,
  },
  {
    name: 'cloud-init: a script, by its log',
    says: 'mkfs.ext4: No such file or directory while trying to determine filesystem size',
    text: ({ at, n }) =>
      `mkfs.ext4: No such file or directory while trying to determine filesystem size\n${at.replace('T', ' ').slice(0, 23)} - cc_scripts_user.py[WARNING]: Failed to run module scripts_user (scripts in /var/lib/cloud/instance/scripts)\n${at.replace('T', ' ').slice(0, 23)} - util.py[WARNING]: Failed running /var/lib/cloud/instance/scripts/part-00${n % 10} [1]`,
  },
];
