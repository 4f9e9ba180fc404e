import { units } from './durations.js';

export type Zone = 'local' | 'UTC';

type Form = 'clock' | 'day' | 'date' | 'whole';

const forms: Record<Form, Intl.DateTimeFormatOptions> = {
  clock: { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
  day: { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  date: { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  whole: {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    hourCycle: 'h23',
  },
};

const made = new Map<string, Intl.DateTimeFormat>();

function format(form: Form, zone: Zone, at: number): string {
  const key = `${form} ${zone}`;
  let formatter = made.get(key);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-GB', { ...forms[form], ...(zone === 'UTC' && { timeZone: 'UTC' }) });
    made.set(key, formatter);
  }
  return formatter.format(at);
}

/** `14:02:11`. */
export const clockTime = (at: number, zone: Zone): string => format('clock', zone, at);

/** `14:02:11` of today, `12 Nov, 14:02` of this year, `12 Nov 2025, 14:02` of another, by `today` in milliseconds. */
export function absolute(at: number, zone: Zone, today: number): string {
  const day = (time: number) => format('date', zone, time).split(',')[0] ?? '';
  if (day(at) === day(today)) return clockTime(at, zone);
  return day(at).slice(-4) === day(today).slice(-4) ? format('day', zone, at) : format('date', zone, at);
}

/** To the millisecond, in the viewer's zone and in UTC. */
export function whole(at: number): string {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const utc = `${format('whole', 'UTC', at)} UTC`;
  return timeZone === 'UTC' ? utc : `${format('whole', 'local', at)} ${timeZone} · ${utc}`;
}

/** `now`, `4 s ago`, `12 min ago`, `in 3 min`: whole units, rounded towards now. */
export function relative(at: number, now: number): string {
  const distance = Math.abs(now - at);
  const unit = units.find(({ ms }) => distance >= ms);
  if (!unit || distance < 2_000) return 'now';
  const words = `${Math.floor(distance / unit.ms)} ${unit.name}`;
  return at < now ? `${words} ago` : `in ${words}`;
}
