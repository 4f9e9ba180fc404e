import { type App, createApp, StartError } from './app.js';
import { type Config, ConfigError, readConfig } from './config.js';
import { createLog } from './log.js';

/** How long, in milliseconds, a server that was asked to stop may take, beyond the delay that is configured. */
const deadline = 15_000;

/** Runs the server in this process, until a signal ends it. */
export async function serve(env: NodeJS.ProcessEnv): Promise<void> {
  try {
    const config = readConfig(env);
    const handled = endOnSignals();
    const app = await createApp(config, createLog(config.logLevel));
    handled();
    stopOnSignals(app, config.shutdownDelaySeconds * 1000 + deadline);
    console.log(welcome(app, config));
  } catch (error) {
    console.error(isExpected(error) ? `stepcast cannot start: ${error.message}` : error);
    process.exit(1);
  }
}

function welcome({ url, embedded, token, metricsPort }: App, { metrics }: Config): string {
  // What follows `#` stays in the browser: it is in no request, no log of a proxy, and no referrer.
  const fragment = token === null ? '' : `#token=${token}`;
  return [
    `Stepcast is ready${embedded ? ', on its embedded database' : ''}.`,
    `  page           ${url}/${fragment}`,
    `  GraphiQL       ${url}/graphiql/${fragment}`,
    `  GraphQL        ${url}/graphql`,
    `  subscriptions  ${url.replace('http', 'ws')}/graphql`,
    ...(metrics ? [`  metrics        http://${inUrl(metrics.host)}:${metricsPort}/metrics`] : []),
  ].join('\n');
}

const inUrl = (host: string) => (host.includes(':') ? `[${host}]` : host);

/** Until it has started. The first process of a container would otherwise not even notice; others would end by the signal. */
function endOnSignals(): () => void {
  const end = () => {
    console.error('stepcast stops: told to before it was ready');
    process.exit(1);
  };
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.on(signal, end);
  return () => {
    for (const signal of signals) process.off(signal, end);
  };
}

/** The first signal stops the server in order; a second one, or the deadline, at once. */
function stopOnSignals(app: App, deadlineMs: number): void {
  let stopping = false;
  const stop = () => {
    if (stopping) return exitAtOnce('by a second signal', app);
    stopping = true;
    setTimeout(() => exitAtOnce(`not closed within ${deadlineMs / 1000} s`, app), deadlineMs).unref();
    app.close().then(
      () => process.exit(0),
      // The log says what could not be closed, and why.
      (error) => {
        console.error(`stepcast has stopped, but ${error.message}`);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

/** What was not acknowledged may be lost. PostgreSQL, a process of its own, is not stopped. */
function exitAtOnce(reason: string, { embedded }: App): never {
  const rest = embedded
    ? '; its embedded database may keep running: the next start uses it, and stops it afterwards'
    : '';
  console.error(`stepcast stops at once: ${reason}${rest}`);
  process.exit(1);
}

/** Errors that the operator can correct are printed without a stack. */
function isExpected(error: unknown): error is Error {
  if (error instanceof ConfigError || error instanceof StartError) return true;
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}
