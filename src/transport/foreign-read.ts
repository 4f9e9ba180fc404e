import type { IncomingHttpHeaders } from 'node:http';
import { shown } from '../domain/shown.js';
import type { Refusal } from './refusal.js';

/** Refuses a GET that a page of another site caused: what the answer is, and how long it takes, is not that site's to see. */
export function refuseForeignRead({ 'sec-fetch-site': site = 'none' }: IncomingHttpHeaders): Refusal | null {
  if (site === 'none' || site === 'same-origin') return null;
  const message = `expected a GET by a page of this server or by no page, got one with sec-fetch-site: ${shown(site)}`;
  return { status: 403, code: 'FORBIDDEN', message };
}
