/** What was found out lately, by key. Who asks while it is being found out waits for the same. */

interface Entry<Value> {
  readonly value: Promise<Value>;
  /** Milliseconds since 1970. */
  readonly until: number;
}

export interface KeptOptions {
  readonly forMs: number;
  readonly most: number;
  readonly now?: () => number;
}

export class Kept<Value> {
  readonly #entries = new Map<string, Entry<Value>>();
  readonly #options: KeptOptions;
  readonly #now: () => number;

  constructor(options: KeptOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** What fails is not kept. */
  get(key: string, find: () => Promise<Value>): Promise<Value> {
    const now = this.#now();
    const known = this.#entries.get(key);
    if (known && known.until > now) {
      return known.value;
    }
    const { forMs, most } = this.#options;
    const entry: Entry<Value> = { value: find(), until: now + forMs };
    this.#entries.delete(key);
    const [oldest] = this.#entries.keys();
    if (this.#entries.size >= most && oldest !== undefined) {
      this.#entries.delete(oldest);
    }
    this.#entries.set(key, entry);
    entry.value.catch(() => {
      if (this.#entries.get(key) === entry) {
        this.#entries.delete(key);
      }
    });
    return entry.value;
  }

  /** Unless it is another one by now. */
  forget(key: string, value: Promise<Value>): void {
    if (this.#entries.get(key)?.value === value) {
      this.#entries.delete(key);
    }
  }
}
