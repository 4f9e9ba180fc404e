import { most } from './text.js';

/**
 * A text without what varies from one unit, attempt or machine to the next, so that two failures with the same cause read
 * alike. Names in quotes, codes and well-known ports stay: they tell causes apart. At most 2,000 characters are looked at,
 * and no pattern can match a character in two ways, so the work is bounded.
 */
export function masked(text: string): string {
  const line = text.slice(0, most.reason).toWellFormed().replace(/\s+/g, ' ').trim();
  const replaced = masks.reduce(
    (result, { pattern, by, needs }) => (line.includes(needs) ? result.replace(pattern, by) : result),
    line,
  );
  const numbered = replaced.replace(words, (word, offset: number) => maskedWord(word, replaced, offset));
  return collapsed(numbered.replace(signs, '$1<n>')).join(' ').slice(0, most.reason).toWellFormed();
}

const isoTime =
  /\b\d{4}-\d{1,2}-\d{1,2}(?:[T _]\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)?(?:Z\b| ?[+-]\d{2}:?\d{2}\b| (?:UTC|GMT)\b)?/g;
const slashedDate = /\b\d{4}\/\d{1,2}\/\d{1,2}(?: \d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)?/g;
const namedDate =
  /\b(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6},? )?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6} {1,2}\d{1,2}(?:,? \d{4})?(?=[ ,]|$)/g;
const ipv6 =
  /(?<![\w:.>])(?:(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|(?:[0-9a-f]{1,4}:){0,6}(?:[0-9a-f]{1,4})?::(?:[0-9a-f]{1,4}:){0,5}[0-9a-f]{0,4})(?:%\w{1,16})?(?![\w:])/gi;
const hostName =
  /\b[a-z0-9_](?:[a-z0-9_-]{0,62}\.){1,8}(?:com|net|org|io|edu|gov|dev|app|cloud|internal|local|localdomain|lan|home|corp|intra|test|example|invalid|novalocal|arpa)\b(?![.-]?\w)/gi;

/** What is replaced, where the line has the character without which it cannot be there. */
interface Mask {
  readonly pattern: RegExp;
  readonly by: string;
  readonly needs: '/' | '@' | '-' | ':' | '.' | 'x' | ' ';
}

/** In this order: what contains others comes before them. */
const masks: readonly Mask[] = [
  { pattern: /\b[a-z][a-z0-9+.-]{0,15}:\/\/[^\s"'`<>()[\]{},;|]+/gi, by: '<url>', needs: '/' },
  { pattern: /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, by: '<id>', needs: '-' },
  { pattern: /\b[\w.+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}\b/gi, by: '<email>', needs: '@' },
  { pattern: isoTime, by: '<time>', needs: '-' },
  { pattern: slashedDate, by: '<time>', needs: '/' },
  { pattern: namedDate, by: '<time>', needs: ' ' },
  { pattern: /\b[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}\b/gi, by: '<mac>', needs: ':' },
  { pattern: /\b\d{1,2}:\d{2}:\d{2}(?:[.,]\d{1,9})?\b/g, by: '<time>', needs: ':' },
  { pattern: /\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?:\/\d{1,2})?\b/g, by: '<ip>', needs: '.' },
  { pattern: ipv6, by: '<ip>', needs: ':' },
  { pattern: hostName, by: '<host>', needs: '.' },
  {
    pattern: /(?<![\w.])\/(?:tmp|var\/tmp|private\/tmp|run\/user|proc|dev\/shm)\/[^\s"'`:,;()[\]{}<>|]+/g,
    by: '<path>',
    needs: '/',
  },
  { pattern: /(?<![\w.])\/(home|Users)\/[^\s"'`:,;()[\]{}<>|/]+/g, by: '/$1/<user>', needs: '/' },
  { pattern: /\b0x[0-9a-f]+\b/gi, by: '<hex>', needs: 'x' },
];

/** What may hold a number. */
const words = /[\w.%+-]+/g;

function maskedWord(word: string, line: string, offset: number): string {
  if (!/\d/.test(word)) return word;
  if (/^-?\d{1,5}\.?$/.test(word) && tells(word, line.slice(Math.max(0, offset - 16), offset))) return word;
  if (quantity.test(word)) return word.endsWith('.') ? '<n>.' : '<n>';
  return word
    .split(/([-_.%+])/)
    .map(maskedPart)
    .join('')
    .replace(/<n>(?:[.+-]<n>)+/g, '<n>')
    .replace(podSuffix, '<id>-<id>');
}

const quantity = /^[+-]?(?:\d+(?:\.\d+)*|\.\d+)(?:%|[a-z]{1,3})?\.?$/i;

/** Kubernetes writes them without vowels, and some have no digit. */
const podSuffix = /<id>-[b-df-hj-np-tv-z]{5}$/;

function maskedPart(part: string): string {
  if (!/\d/.test(part) || named.test(part)) return part;
  if (/^[0-9a-f]{8,}$/i.test(part) && /[a-f]/i.test(part)) return '<id>';
  if (/^\d+[a-z]{0,2}$/i.test(part)) return '<n>';
  const numbered = /^([a-z]+)\d+$/i.exec(part);
  return numbered ? `${numbered[1]}<n>` : '<id>';
}

/** Names that have a number in them. */
const named =
  /^(?:ec2|s3|ext[2-4]|ipv[46]|inet6|boto3|python[23]|pip3|http2|k8s|k3s|x86|utf8|md5|sha(?:1|256|512)|base64|amd64|arm64|aarch64|i386|i686|u?int(?:8|16|32|64)|psycopg2|log4j|oauth2|h2|l[23]|ed25519)$/i;

/** Whether a number after these characters is a code, or a port that a service is known by: another one is another cause. */
function tells(word: string, before: string): boolean {
  const port = /(?:\bport[ =:]{1,2}|<(?:ip|host)>:)$/i.test(before);
  return port ? Number.parseInt(word, 10) < 10_000 : code.test(before);
}

const code = /(?:\b(?:errno|http|status|code|exit(?:ed)?|signal|rc|error)(?: with)?[ =:#([]{1,3}|HTTP Error )$/i;

/** The sign of a number is a part of it. */
const signs = /(^|[\s_=(,:[])[-+]<n>/g;

/** The tokens: a list of things of a kind is as one of them. */
function collapsed(line: string): string[] {
  const tokens: string[] = [];
  for (const token of line.split(' ')) {
    if (tokens.length >= most.tokens) break;
    const last = tokens.at(-1);
    if (last !== undefined && token.includes('<') && bare(last) === bare(token)) {
      tokens.pop();
      tokens.push(`${/^[[({]*/.exec(last)?.[0]}${token}`);
    } else tokens.push(token);
  }
  return tokens;
}

/** Without what a list begins and ends with, and what stands between its parts. */
const bare = (token: string) => token.replace(/^[[({]+/, '').replace(/[\])},;]+$/, '');
