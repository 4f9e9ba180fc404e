import { CircleDashed } from 'lucide-react';
import { CopyButton } from '../ui/copy-button.js';
import { Message } from '../ui/message.js';
import styles from './list-view.module.css';

/** There is no cluster yet: how to get one. This view changes by itself when the first one comes. */
export function NoCluster() {
  const url = new URL('/graphql', location.href).href;
  return (
    <Message icon={<CircleDashed size={20} aria-hidden="true" />} title="No cluster yet">
      <p>The first one appears here as soon as it is reported. To see how that looks, in Stepcast’s directory:</p>
      <Command label="command" text={`npm run demo -- --url ${url}`} />
      <p>Or add one by the API:</p>
      <Command
        label="request"
        text={`curl ${url} -H 'content-type: application/json' \\\n  -d '{"query": "mutation { createCluster(input: {name: \\"my-cluster\\"}) { cluster { id } } }"}'`}
      />
      <p>
        From a program in TypeScript, with <code>stepcast/client</code>:
      </p>
      <Command label="program" text={program(url)} />
      <p>
        <a href="/graphiql/">GraphiQL</a> has the whole API to try.
      </p>
    </Message>
  );
}

const Command = ({ label, text }: { label: string; text: string }) => (
  <div className={styles.command}>
    <pre>{text}</pre>
    <CopyButton label={label} text={text} />
  </div>
);

const program = (url: string) => `import { createClient } from 'stepcast/client';

const client = createClient({ url: '${url}' });
const { id: clusterId } = await client.createCluster({ name: 'my-cluster' });
const reporter = client.reporter();
await reporter.operation({ clusterId, type: 'CREATING' }, async (operation) => {
  await operation.step('Launching instances', { total: 3 }, async (step) => {
    for (const instanceName of ['one', 'two', 'three']) step.succeed({ instanceName });
  });
});
await reporter.flush();`;
