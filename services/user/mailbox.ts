/** What waits for one listener; bounded, because a listener may be slow or gone. */
export class Mailbox<T> {
  #waiting: T[] = [];
  #isAwake = false;
  #closed: { readonly reason: unknown } | undefined;
  #wakeReader: () => void = () => {};
  readonly #max: number;

  constructor(max = 100_000) {
    this.#max = max;
  }

  put(item: T): void {
    if (this.#waiting.length >= this.#max) {
      this.close(new Error("the listener is too slow"));
    }
    this.#waiting.push(item);
    this.wake();
  }

  /** Lets the reader go on with what there is, which may be nothing. */
  wake(): void {
    this.#isAwake = true;
    this.#wakeReader();
  }

  close(reason: unknown): void {
    this.#closed ??= { reason };
    this.#waiting = [];
    this.wake();
  }

  /** For one reader: waits to be woken, then answers up to `max` items; throws when closed. */
  async take(max: number): Promise<T[]> {
    if (!this.#isAwake && !this.#closed) {
      await new Promise<void>((resolve) => {
        this.#wakeReader = resolve;
      });
    }
    if (this.#closed) {
      throw this.#closed.reason;
    }
    const items = this.#waiting.splice(0, max);
    this.#isAwake = this.#waiting.length > 0;
    return items;
  }
}
