/** How often, in milliseconds, the database is looked at; with the probe's deadline, an outage is told of within 5 s (W11). */
const interval = 2_000;

/** What clients are told: since when what they were sent may be out of date, or that it is not any more. */
export interface News {
  readonly stale: { readonly since: Date } | null;
}

export interface StalenessOptions {
  /** Whether there is anyone to be told. */
  readonly isWanted: () => boolean;
  /** Whether the database can be used now; answers within 2 s. */
  readonly answers: () => Promise<boolean>;
  /** The time by the database's clock. */
  readonly time: () => Date;
  readonly tell: (news: News) => void;
}

/**
 * W11: finds out that the database cannot be reached, one look for all sockets, and that it can be again: then the next look
 * must succeed as well, for by then what was missed has been read.
 */
export class Staleness {
  readonly #options: StalenessOptions;
  readonly #timer: NodeJS.Timeout;
  /** When the database answered last, and how often in a row since it did not. */
  #answeredAt: Date;
  #answers = 0;
  #looking = false;
  /** What was told last. */
  news: News = { stale: null };

  constructor(options: StalenessOptions) {
    this.#options = options;
    this.#answeredAt = options.time();
    this.#timer = setInterval(() => void this.#look(), interval);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    if (!this.#options.isWanted()) {
      this.#answeredAt = this.#options.time();
      this.news = { stale: null };
      return;
    }
    this.#looking = true;
    const answered = await this.#options.answers().catch(() => false);
    this.#looking = false;
    this.#answers = answered ? this.#answers + 1 : 0;
    if (answered) this.#answeredAt = this.#options.time();
    if (!answered && !this.news.stale) this.#tell({ stale: { since: this.#answeredAt } });
    if (this.#answers > 1 && this.news.stale) this.#tell({ stale: null });
  }

  #tell(news: News): void {
    this.news = news;
    this.#options.tell(news);
  }
}
