import type { Event, EventBatch, Following, StepcastError } from 'stepcast/client';
import { client } from '../client.js';
import { watchConnection } from '../connection.js';
import { Store } from '../store.js';
import { LogRows } from './rows.js';
import { isFiltered, isSearch, type LogFilter, type LogScope, matches } from './scope.js';
import { LogSource } from './source.js';
import { type LogState, nothing } from './state.js';
import { stepNames } from './step-names.js';

/** Events held at most: whoever scrolls further reads them again. */
const most = 5_000;

/** Parts of the log that are searched at once, before the reader is asked whether to go on. */
const partsAtOnce = 5;

/** Milliseconds until what could not be read is asked for again. */
const pause = 3_000;

/**
 * A log that is read from its newest events, or from around one of them, and followed. Invariants: the rows are a stretch of
 * the log without gaps; while `newer` is `end` the stretch reaches to what was received last; otherwise what comes is only
 * counted. `#opening` is what the newest opening waits for: answers to an earlier one are ignored.
 */
export class LiveLog {
  readonly store = new Store<LogState>(nothing);
  readonly scope: LogScope;
  readonly filter: LogFilter;
  readonly #source: LogSource;
  #rows = new LogRows(most);
  #following: Following<EventBatch> | null = null;
  #unwatch: (() => void) | null = null;
  #isFollowed = true;
  #seenRow = 0;
  #opening = 0;
  #closed = false;

  constructor(scope: LogScope, filter: LogFilter, around: string | null = null) {
    this.scope = scope;
    this.filter = filter;
    this.#source = new LogSource(client, scope, filter);
    this.#isFollowed = around === null;
    void (around ? this.openAround(around) : this.openNewest());
  }

  close(): void {
    this.#closed = true;
    this.#opening += 1;
    this.#unfollow();
  }

  /** The reader follows what comes, or does not. */
  set followed(followed: boolean) {
    if (this.#isFollowed === followed) return;
    this.#isFollowed = followed;
    if (!followed) return;
    this.#set({ unseen: 0 });
    const { newer, opened } = this.store.value;
    if (opened && newer !== 'end' && newer !== 'loading') void this.openNewest();
  }

  /** The number of the row that the reader sees first: rows far from it may be let go of. */
  set seenRow(row: number) {
    this.#seenRow = row;
  }

  /** Shows the newest events, and goes on from there. */
  async openNewest(): Promise<void> {
    await this.#open(async () => {
      const rows = new LogRows(most);
      // A log that is looked through does not end with what is found.
      const isSearched = isFiltered(this.filter) || this.scope.operationId !== undefined;
      const end = isSearched ? await this.#source.end() : null;
      const page = await this.#source.newest(null);
      rows.append({ ...page, after: end ?? page.after });
      return { rows, newer: 'end' };
    });
  }

  /** Shows the log around an event. Resolves with it; null: there is none, or it is not in this log; then the newest are shown. */
  async openAround(id: string): Promise<Event | null> {
    let event: Event | null = null;
    await this.#open(async () => {
      event = await client.event(id);
      const cursor = event?.clusterId === this.scope.clusterId ? await this.#source.cursorOf(event) : null;
      if (!event || cursor === null) return null;
      const rows = new LogRows(most);
      const [before, after] = await Promise.all([this.#source.newest(cursor), this.#source.next(cursor)]);
      rows.append({ ...before, after: cursor });
      if (matches(event, this.filter)) rows.append({ events: [event], before: cursor, after: cursor });
      rows.append(after);
      return { rows, newer: after.more ? 'more' : 'end' };
    });
    if (this.store.value.fault === null && !this.store.value.opened) await this.openNewest();
    return event;
  }

  /** Opens the log at the next failure beyond what is held. Resolves with it; null: there is none. */
  async openFailure(direction: 'before' | 'after'): Promise<Event | null> {
    const { older, newer } = this.store.value;
    if (direction === 'before' ? older === 'end' : newer === 'end') return null;
    const cursor = direction === 'before' ? this.#rows.before : this.#rows.after;
    const event = await this.#source.failure(direction, cursor).catch(() => null);
    return event && this.openAround(event.id);
  }

  /** Reads what is older. A search looks at so much at once, and then waits to be called again. */
  async readOlder(): Promise<void> {
    if (!['more', 'paused', 'failed'].includes(this.store.value.older)) return;
    this.#set({ older: 'loading' });
    await this.#readOlder();
  }

  async #readOlder(): Promise<void> {
    const opening = this.#opening;
    let found = 0;
    try {
      for (let part = 0; part < partsAtOnce && found === 0 && this.#rows.before !== null; part += 1) {
        const page = await this.#source.newest(this.#rows.before);
        if (opening !== this.#opening) return;
        found = this.#rows.prepend(page);
      }
      await this.#settleOlder(opening, found === 0);
    } catch {
      if (opening === this.#opening) this.#set({ older: 'failed' });
    }
  }

  async #settleOlder(opening: number, foundNone: boolean): Promise<void> {
    const { before } = this.#rows;
    const searchedTo = before !== null && isSearch(this.filter) ? await this.#source.timeAt(before) : null;
    if (opening !== this.#opening) return;
    if (!this.#isFollowed) this.#trim('newest');
    this.#set({ older: before === null ? 'end' : foundNone ? 'paused' : 'more', searchedTo });
  }

  /** Reads what is newer, where the stretch does not reach to the end of the log. */
  async readNewer(): Promise<void> {
    if (!['more', 'failed'].includes(this.store.value.newer)) return;
    this.#set({ newer: 'loading' });
    const opening = this.#opening;
    try {
      const page = await this.#source.next(this.#rows.after);
      if (opening !== this.#opening) return;
      this.#rows.append(page);
      this.#trim('oldest');
      if (!page.more) this.#follow(this.#rows.after);
      this.#set({ newer: page.more ? 'more' : 'end', ...(!page.more && { unseen: 0 }) });
    } catch {
      if (opening === this.#opening) this.#set({ newer: 'failed' });
    }
  }

  async #open(read: () => Promise<{ rows: LogRows; newer: 'end' | 'more' } | null>): Promise<void> {
    this.#opening += 1;
    const opening = this.#opening;
    try {
      const found = await read();
      if (opening !== this.#opening) return;
      // What was being read of the stretch that stays was given up.
      if (!found) return this.#set({ older: this.#rows.before === null ? 'end' : 'more' });
      this.#rows = found.rows;
      this.#set({ ...nothing, stretch: opening, newer: found.newer, opened: true });
      if (found.newer === 'end') this.#follow(found.rows.after);
      // What comes from now on is counted, where the stretch ends before it.
      else this.#follow(null, 0);
      if (found.rows.size > 0 || found.rows.before === null) await this.#settleOlder(opening, false);
      else await this.#readOlder();
    } catch (fault) {
      if (opening !== this.#opening) return;
      this.#set({ fault: fault as StepcastError });
      if ((fault as StepcastError).retryable) setTimeout(() => opening === this.#opening && this.#open(read), pause);
    }
  }

  #follow(after: string | null, last?: number): void {
    this.#unfollow();
    const { clusterId, stepId } = this.scope;
    const { successful } = this.filter;
    const following = client.followEvents({
      clusterId,
      ...(stepId !== undefined && { stepId }),
      ...(successful !== undefined && { successful }),
      ...(after !== null && { after }),
      ...(last !== undefined && { last }),
    });
    this.#following = following;
    this.#unwatch = watchConnection(following);
    void this.#take(following);
  }

  #unfollow(): void {
    this.#unwatch?.();
    void this.#following?.return();
    this.#following = null;
  }

  async #take(following: Following<EventBatch>): Promise<void> {
    try {
      for await (const batch of following) {
        const events = await this.#matching(batch.events);
        if (this.#following !== following) return;
        if (batch.reset) return void this.#onReset();
        this.#receive(events, batch.cursor);
      }
      if (this.#following === following) this.#set({ ended: true });
    } catch (fault) {
      if (this.#following === following) this.#set({ fault: fault as StepcastError });
    }
  }

  async #matching(events: readonly Event[]): Promise<readonly Event[]> {
    const found = events.filter((event) => matches(event, this.filter));
    const { clusterId, operationId, stepId } = this.scope;
    return operationId && !stepId ? stepNames.within(operationId, clusterId, found) : found;
  }

  #receive(events: readonly Event[], cursor: string): void {
    const { newer, unseen } = this.store.value;
    const isJoined = newer === 'end';
    const added = isJoined ? this.#rows.append({ events, before: cursor, after: cursor }) : events.length;
    this.#set({ unseen: this.#isFollowed && isJoined ? 0 : unseen + added });
    // Far from the end, it is the newest that is let go of: they are read again by whoever comes there.
    const isNearOldest = !this.#isFollowed && this.#seenRow - this.#rows.base < this.#rows.size / 2;
    this.#trim(isNearOldest ? 'newest' : 'oldest');
  }

  #trim(end: 'oldest' | 'newest'): void {
    if (this.#rows.trim(end) === 0) return;
    const edge = end === 'oldest' ? ('older' as const) : ('newer' as const);
    this.#set({ [edge]: 'more' });
  }

  /** What is shown is not what the server has any more. */
  #onReset(): void {
    if (this.#isFollowed) void this.openNewest().then(() => this.#set({ wasReset: true }));
    else {
      this.#follow(null, 0);
      this.#set({ wasReset: true, newer: 'paused' });
    }
  }

  #set(change: Partial<LogState>): void {
    if (this.#closed) return;
    this.store.set({ ...this.store.value, rows: this.#rows.rows, base: this.#rows.base, ...change });
  }
}
