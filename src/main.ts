#!/usr/bin/env node
import { pino } from 'pino';
import { type App, createApp, StartError } from './app.js';
import { ConfigError, readConfig } from './config.js';

/** How long, in milliseconds, a server that was asked to stop may take. */
const deadline = 15_000;

try {
  const config = readConfig(process.env);
  const app = await createApp(config, pino({ level: config.logLevel }));
  stopOnSignals(app);
  console.log(welcome(app));
} catch (error) {
  console.error(isExpected(error) ? `stepcast cannot start: ${error.message}` : error);
  process.exit(1);
}

function welcome({ url, embedded }: App): string {
  return [
    `Stepcast is ready${embedded ? ', on its embedded database' : ''}.`,
    `  GraphiQL       ${url}/graphiql/`,
    `  GraphQL        ${url}/graphql`,
    `  subscriptions  ${url.replace('http', 'ws')}/graphql`,
  ].join('\n');
}

function stopOnSignals(app: App): void {
  let stopping = false;
  const stop = () => {
    if (stopping) process.exit(1);
    stopping = true;
    setTimeout(() => process.exit(1), deadline).unref();
    app.close().then(
      () => process.exit(0),
      (error) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

/** What the person who starts it can mend is said in words, without a stack. */
function isExpected(error: unknown): error is Error {
  if (error instanceof ConfigError || error instanceof StartError) return true;
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}
