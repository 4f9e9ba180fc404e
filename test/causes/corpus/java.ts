import type { Sample } from './variant.js';

const thrown = (
  cause: string,
  { n, own }: { n: number; own: string },
) => `Exception in thread "pool-${n}-thread-${n}" com.acme.ProvisionException: node-${n} did not start
	at com.acme.Node.start(Node.java:${n})
	at com.acme.Main.main(Main.java:5)
	Suppressed: java.io.IOException: Stream closed
		at com.acme.Node.close(Node.java:20)
	Caused by: java.lang.IllegalStateException: a suppressed one's
		... 1 more
Caused by: com.acme.TransportException: session ${n} is lost
	at com.acme.Session.open(Session.java:${n})
	... 2 more
Caused by: ${cause}
	at java.base/sun.nio.ch.Net.connect0(Native Method)
	at java.base/java.net.Socket.connect(Socket.java:633)
	at com.acme.${own}(Ssh.java:${30 + n})
	... 3 more`;

export const java: Sample[] = [
  {
    name: 'the deepest of three exceptions',
    says: 'java.net.ConnectException: Connection refused',
    text: ({ n }) => thrown('java.net.ConnectException: Connection refused', { n, own: 'Ssh.open' }),
  },
  {
    name: 'the same two, of another deepest',
    says: 'java.net.SocketTimeoutException: Connect timed out',
    text: ({ n }) => thrown('java.net.SocketTimeoutException: Connect timed out', { n, own: 'Ssh.open' }),
  },
  {
    name: 'the same exception from another place',
    says: 'java.net.ConnectException: Connection refused',
    text: ({ n }) => thrown('java.net.ConnectException: Connection refused', { n, own: 'Database.open' }),
  },
  {
    name: 'one exception alone',
    says: 'java.lang.OutOfMemoryError: Java heap space',
    text: ({ clock, n }) => `${clock} [main] ERROR
java.lang.OutOfMemoryError: Java heap space
	at java.base/java.util.Arrays.copyOf(Arrays.java:3537)
	at com.acme.Load.read(Load.java:${n})`,
  },
];
