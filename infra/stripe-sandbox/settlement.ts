// What Stripe does by itself after its answer: books an `automatic_async` charge, ends a refund,
// lets an authorisation go whose time is over, disputes a charge, decides a dispute, ends a payout.
import { expire } from "./capturing.ts";
import { cardOf } from "./cards.ts";
import { capturedOf, settle } from "./charging.ts";
import { closeDispute, openDispute } from "./disputes.ts";
import { now } from "./ids.ts";
import { finishPayout } from "./payouts.ts";
import type { Charge } from "./records.ts";
import { finishRefund } from "./refunds.ts";
import type { Store } from "./store.ts";

const AFTER_MS = 300;
const LOOK_AT_HELD_MS = 1000;

export class Settlement {
  private readonly store: Store;
  private readonly done: () => void;
  private readonly held = new Set<string>();
  private readonly looking = setInterval(() => this.expireHeld(), LOOK_AT_HELD_MS).unref();
  private pending: string[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(store: Store, done: () => void) {
    this.store = store;
    this.done = done;
    for (const kind of ["charge", "refund", "payout", "dispute"] as const) {
      for (const { id } of store.tables[kind].rows) this.note(id);
    }
  }

  /** What was just made or changed; most of it has nothing to come. */
  note(id: string): void {
    if (this.store.tables.charge.get(id)?.hold?.status === "held") this.held.add(id);
    if (this.dueOf(id) === undefined) return;
    this.pending.push(id);
    this.timer ??= setTimeout(() => this.run(), AFTER_MS);
  }

  stop(): void {
    clearTimeout(this.timer);
    clearInterval(this.looking);
  }

  /** What is still to be done with it. */
  private dueOf(id: string): (() => void) | undefined {
    const { store } = this;
    const { charge, refund, payout, dispute } = store.tables;
    const made = charge.get(id);
    if (made) return dueOfCharge(store, made);
    const paying = payout.get(id);
    if (paying?.status === "pending") return () => finishPayout(store, paying);
    const refunded = refund.get(id);
    if (refunded?.next) return () => finishRefund(store, refunded);
    const disputed = dispute.get(id);
    const verdict = disputed?.next;
    return verdict && (() => closeDispute(store, disputed, verdict));
  }

  private run(): void {
    const ids = this.pending;
    this.pending = [];
    this.timer = undefined;
    // Of a charge both the booking and the dispute may be due, one after the other.
    for (const id of ids) for (let due = this.dueOf(id); due; due = this.dueOf(id)) due();
    this.finish();
  }

  private expireHeld(): void {
    const { charge, payment_intent } = this.store.tables;
    for (const id of this.held) {
      const made = charge.get(id);
      const intent = payment_intent.get(made?.intent ?? "");
      if (made?.hold?.status !== "held" || intent === undefined) this.held.delete(id);
      else if (made.hold.before <= now()) expire(this.store, intent);
    }
    this.finish();
  }

  private finish(): void {
    this.store.commit();
    this.done();
  }
}

function dueOfCharge(store: Store, made: Charge): (() => void) | undefined {
  const { transaction, failure, hold, card, dispute } = made;
  if (failure || hold?.status === "held" || hold?.status === "released") return undefined;
  if (transaction === undefined) return () => settle(store, made);
  const claim = cardOf(card).dispute;
  const isRefunded = capturedOf(made) === made.refunded;
  if (claim === undefined || dispute !== undefined || isRefunded) return undefined;
  return () => openDispute(store, made, claim);
}
