import { Fault } from '../domain/errors.js';
import { shown } from '../domain/shown.js';

/** A Date, sent as RFC 3339 in UTC with milliseconds. What describes it is in schema.graphql. */
export const DateTime = {
  serialize(value: unknown): string {
    if (value instanceof Date) return value.toISOString();
    throw new Error(`expected a Date to send as DateTime, got ${String(value)}`);
  },
  parseValue: parse,
};

const form = /^(\d{4})-(\d{2})-(\d{2})T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/i;

function parse(value: unknown): Date {
  const [, year, month, day] = (typeof value === 'string' && value.length <= 64 && form.exec(value)) || [];
  const date = new Date(String(value));
  if (year === undefined || Number(year) < 1 || Number.isNaN(date.getTime()) || !isDay(year, month, day)) {
    throw new Fault('BAD_USER_INPUT', `expected a DateTime such as 2014-10-29T12:36:59.329Z, got ${shown(value)}`);
  }
  return date;
}

/** JavaScript takes the 30th of February for the 2nd of March. */
const isDay = (year: string, month = '', day = '') =>
  new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate() === Number(day);
