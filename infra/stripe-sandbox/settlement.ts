// What Stripe does a moment after its answer: books an `automatic_async` charge, ends a refund.
import { settle } from "./charging.ts";
import { finishRefund } from "./refunds.ts";
import type { Store } from "./store.ts";

const AFTER_MS = 300;

export class Settlement {
  private readonly store: Store;
  private readonly done: () => void;
  private pending: string[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(store: Store, done: () => void) {
    this.store = store;
    this.done = done;
    for (const { id } of store.tables.charge.rows) this.note(id);
    for (const { id } of store.tables.refund.rows) this.note(id);
  }

  /** A charge or refund that was just made; most have nothing to come. */
  note(id: string): void {
    if (!this.due(id)) return;
    this.pending.push(id);
    this.timer ??= setTimeout(() => this.run(), AFTER_MS);
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private due(id: string): boolean {
    const { charge, refund } = this.store.tables;
    const made = charge.get(id);
    if (made) return made.transaction === undefined && made.failure === undefined;
    return refund.get(id)?.next !== undefined;
  }

  private run(): void {
    const ids = this.pending;
    this.pending = [];
    this.timer = undefined;
    for (const id of ids) {
      const { charge, refund } = this.store.tables;
      const made = charge.get(id);
      const refunded = refund.get(id);
      if (!this.due(id)) continue;
      if (made) settle(this.store, made);
      else if (refunded) finishRefund(this.store, refunded);
    }
    this.store.commit();
    this.done();
  }
}
