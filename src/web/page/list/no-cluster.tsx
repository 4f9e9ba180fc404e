import { CircleDashed } from 'lucide-react';
import { session } from '../../sign-in/session.js';
import { viewer } from '../live/access.js';
import { useStore } from '../live/store.js';
import { CopyButton } from '../ui/copy-button.js';
import { Message } from '../ui/message.js';
import styles from './list-view.module.css';

/** There is no cluster yet: how to get one, for who may report. This view changes by itself when the first one comes. */
export function NoCluster() {
  const mayReport = useStore(viewer, (viewer) => viewer?.roles.includes('REPORTER') ?? !session());
  return (
    <Message icon={<CircleDashed size={20} aria-hidden="true" />} title="No cluster yet">
      <p>The first one appears here as soon as it is reported.</p>
      {mayReport && <HowToReport />}
    </Message>
  );
}

function HowToReport() {
  const url = new URL('/graphql', location.href).href;
  const credentials = session() ? ` -H "authorization: Bearer $STEPCAST_TOKEN"` : '';
  return (
    <>
      <p>To see how that looks, in Stepcast’s directory:</p>
      <Command label="command" text={`npm run demo -- --url ${url}`} />
      <p>Or add one by the API:</p>
      <Command
        label="request"
        text={`curl ${url} -H 'content-type: application/json'${credentials} \\\n  -d '{"query": "mutation { createCluster(input: {name: \\"my-cluster\\"}) { cluster { id } } }"}'`}
      />
      <p>
        From a program in TypeScript, with <code>stepcast/client</code>:
      </p>
      <Command label="program" text={program(url)} />
      <p>
        <a href="/graphiql/">GraphiQL</a> has the whole API to try.
      </p>
    </>
  );
}

const Command = ({ label, text }: { label: string; text: string }) => (
  <div className={styles.command}>
    <pre>{text}</pre>
    <CopyButton label={label} text={text} />
  </div>
);

const program = (url: string) => `import { createClient } from 'stepcast/client';
import { tokenFromEnvironment } from 'stepcast/environment';

const url = '${url}';
const client = createClient({ url, token: tokenFromEnvironment({ url }) });
const { id: clusterId } = await client.createCluster({ name: 'my-cluster' });
const reporter = client.reporter();
await reporter.operation({ clusterId, type: 'CREATING' }, async (operation) => {
  await operation.step('Launching instances', { total: 3 }, async (step) => {
    for (const instanceName of ['one', 'two', 'three']) step.succeed({ instanceName });
  });
});
await reporter.flush();`;
