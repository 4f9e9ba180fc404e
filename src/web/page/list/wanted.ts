import type { ClusterFilter, ClusterOrder } from 'stepcast/client';

export const states = ['all', 'running', 'failing', 'failed', 'stalled', 'idle'] as const;
/** Which clusters, by their newest operation. */
export type StateFilter = (typeof states)[number];

export const sorts = ['attention', 'changed', 'newest', 'name'] as const;
/** `attention`: what needs looking at first; `changed`: the last change first; `newest`: the last made first. */
export type Sort = (typeof sorts)[number];

/** What the viewer asks for. */
export interface Wanted {
  /** A part of the name, or a whole id. */
  readonly text: string;
  readonly state: StateFilter;
  readonly sort: Sort;
}

/** What the address says; of what it does not, or says wrongly, the usual. */
export const wantedOf = (q: string | null, state: string | null, sort: string | null): Wanted => ({
  text: q?.trim() ?? '',
  state: states.find((one) => one === state) ?? 'all',
  sort: sorts.find((one) => one === sort) ?? 'attention',
});

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether it is looked for as an id, not as a part of a name. */
export const isId = (text: string): boolean => uuid.test(text);

/** The clusters that the text finds, in whatever state. */
export const searched = ({ text }: Wanted): ClusterFilter => {
  if (text === '') return {};
  return isId(text) ? { ids: [text] } : { name: text };
};

const conditions: Readonly<Record<StateFilter, ClusterFilter>> = {
  all: {},
  running: { running: true },
  failing: { failing: true },
  failed: { state: ['FAILED', 'INTERRUPTED'] },
  stalled: { stalled: true },
  idle: { running: false },
};

export const filterOf = (wanted: Wanted): ClusterFilter => ({ ...searched(wanted), ...conditions[wanted.state] });

const orders: Readonly<Record<Sort, ClusterOrder>> = {
  // The server does not order by attention: of more than are held, those that have changed last are.
  attention: { field: 'UPDATED_AT', direction: 'DESC' },
  changed: { field: 'UPDATED_AT', direction: 'DESC' },
  newest: { field: 'CREATED_AT', direction: 'DESC' },
  name: { field: 'NAME', direction: 'ASC' },
};

export const orderOf = ({ sort }: Wanted): ClusterOrder => orders[sort];
