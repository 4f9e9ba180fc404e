import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';
import { withoutSecrets } from './domain/secrets.js';
import { printable } from './domain/shown.js';

/**
 * The server's log: a line of JSON for each entry, to standard output unless said otherwise. JSON lets control
 * characters through that terminals act upon (U+009B begins a command): they are escaped. A line has them in its
 * strings alone, where their escapes mean the same. Whatever was logged, no secret is written.
 */
export function createLog(level: string, destination?: DestinationStream): Logger {
  const options: LoggerOptions = {
    level,
    hooks: { streamWrite: (line) => printable(withoutSecrets(line)) },
  };
  return destination ? pino(options, destination) : pino(options);
}
