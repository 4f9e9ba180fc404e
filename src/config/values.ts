import { z } from 'zod';

/** What the variables may hold. Each says what was expected; who reads them adds the name and what was given. */

export const whole = (least: number, most: number, otherwise: number) => wholeNumber(least, most).default(otherwise);

export const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d+$/, `expected a whole number from ${least} to ${most}`)
    .transform(Number)
    .pipe(
      z
        .number()
        .min(least, `expected a whole number from ${least} to ${most}`)
        .max(most, `expected a whole number from ${least} to ${most}`),
    );

export const text = z.string().trim().min(1, 'expected a text that is not empty');

export const address = (...schemes: string[]) =>
  z
    .string()
    .refine((value) => isUrl(value, schemes), { error: `expected a URL that begins with ${beginning(schemes)}` })
    .optional();

/** One server, or several of a cluster, separated by commas. */
export const addresses = (...schemes: string[]) =>
  z
    .string()
    .refine((value) => value.split(',').every((one) => isUrl(one, schemes)), {
      error: `expected a URL that begins with ${beginning(schemes)}, or several separated by commas`,
    })
    .optional();

const isUrl = (value: string, schemes: readonly string[]) =>
  URL.canParse(value) && schemes.includes(new URL(value).protocol.slice(0, -1));

const beginning = (schemes: readonly string[]) => schemes.map((scheme) => `${scheme}://`).join(' or ');

/** Where HTTP cannot be read or changed on its way: `https`, or `http` to this machine. Without user or password. */
export function isSafeUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname, username, password } = new URL(value);
  if (username || password) return false;
  return protocol === 'https:' || (protocol === 'http:' && loopbackNames.includes(hostname));
}

const loopbackNames = ['localhost', '127.0.0.1', '[::1]'];

/** Names as in `Host`, separated by commas. */
export const hosts = z
  .string()
  .transform((value) => value.split(',').map((name) => name.trim()))
  .refine((names) => names.every(isHost), {
    error: 'expected host names separated by commas, such as stepcast.example, without scheme or port',
  })
  .default([]);

const isHost = (name: string) => /^([\p{L}\p{N}._-]+|\[[\da-f:.]+\])$/iu.test(name) && URL.canParse(`http://${name}`);

/** An address or a name of this machine, as a server listens on. */
export const listenedOn = z
  .string()
  .refine((value) => isHost(value.includes(':') ? `[${value}]` : value), {
    error: 'expected an address or a name of this machine, such as 127.0.0.1, 0.0.0.0 or ::, without a port',
  })
  .default('127.0.0.1');

/** The names that lead to this machine alone. */
export const isLoopback = (host: string): boolean => ['127.0.0.1', '::1', 'localhost'].includes(host);
