import { Store } from '../live/store.js';

/** What the viewer chose, kept by the browser where it lets us; otherwise for as long as the page is open. */
class Setting<Value extends string> extends Store<Value> {
  readonly #name: string;
  readonly #values: readonly Value[];

  /** The first of `values` holds until another is chosen. */
  constructor(name: string, values: readonly [Value, ...Value[]]) {
    super(values.find((value) => value === read(name)) ?? values[0], { immediate: true });
    this.#name = name;
    this.#values = values;
    window.addEventListener('storage', ({ key, newValue }) => {
      const chosen = values.find((value) => value === newValue);
      if (key === this.#name && chosen) super.set(chosen);
    });
  }

  override set(value: Value): void {
    super.set(value);
    write(this.#name, value);
  }

  /** The value after the present one. */
  next(): Value {
    const [first] = this.#values;
    return this.#values[this.#values.indexOf(this.value) + 1] ?? (first as Value);
  }
}

function read(name: string): string | null {
  try {
    return localStorage.getItem(`stepcast.${name}`);
  } catch {
    return null;
  }
}

function write(name: string, value: string): void {
  try {
    localStorage.setItem(`stepcast.${name}`, value);
  } catch {
    // Storage is refused or full: the choice holds for this page.
  }
}

export const theme = new Setting('theme', ['system', 'light', 'dark']);
/** In which zone times are shown. */
export const zone = new Setting('zone', ['local', 'UTC']);
/** Whether single letters are shortcuts: they are in the way of speech input. */
export const letterKeys = new Setting('letter-keys', ['on', 'off']);

/** Has the document look as chosen, now and whenever it is changed. */
export function applyTheme(): void {
  const apply = () => {
    if (theme.value === 'system') document.documentElement.removeAttribute('data-theme');
    else document.documentElement.dataset.theme = theme.value;
  };
  apply();
  theme.subscribe(apply);
}
