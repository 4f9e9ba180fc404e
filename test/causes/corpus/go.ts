import type { Sample } from './variant.js';

export const go: Sample[] = [
  {
    name: 'an index out of range',
    says: 'panic: runtime error: index out of range [<n>] with length <n>',
    text: ({ n, hex }) => `panic: runtime error: index out of range [${n + 3}] with length ${n}

goroutine ${n + 1} [running]:
main.pick(...)
	/home/user${n}/app/pick.go:${n} +0x1d
main.main()
	/home/user${n}/app/main.go:5 +0x${hex}
exit status 2`,
  },
  {
    name: 'a nil pointer, raised again',
    says: 'panic: runtime error: invalid memory address or nil pointer dereference',
    text: ({ n, hex }) => `panic: runtime error: invalid memory address or nil pointer dereference [recovered]
	panic: worker ${n} gave up
[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x${hex}]

goroutine ${n + 18} [running, locked to thread]:
runtime.sigpanic()
	/usr/local/go/src/runtime/signal_unix.go:881 +0x3a
example.com/app/ssh.(*Client).Dial(0xc0000b2000, {0x${hex}, 0x2})
	/build/${hex}/ssh/client.go:${n} +0x1d
created by main.main in goroutine 1
	/build/${hex}/main.go:5 +0x1d`,
  },
  {
    name: 'a deadlock',
    says: 'fatal error: all goroutines are asleep - deadlock!',
    text: ({ n }) => `fatal error: all goroutines are asleep - deadlock!

goroutine ${n + 1} [chan receive]:
main.wait(0xc000012${n})
	/srv/app/wait.go:${n} +0x25`,
  },
  {
    name: 'a wrapped error',
    says: 'wait for ssh: dial tcp <ip>:22: connect: connection refused',
    text: ({ n, ip }) => `provision node web-${n}: wait for ssh: dial tcp ${ip}:22: connect: connection refused`,
  },
  {
    name: 'a wrapped error that ends otherwise',
    says: 'wait for ssh: dial tcp <ip>:22: i/o timeout',
    text: ({ n, ip }) => `provision node web-${n}: wait for ssh: dial tcp ${ip}:22: i/o timeout`,
  },
  {
    name: 'a wrapped error at another port',
    says: 'dial tcp <ip>:6443: connect: connection refused',
    text: ({ n, ip }) => `provision node web-${n}: wait for ssh: dial tcp ${ip}:6443: connect: connection refused`,
  },
];
