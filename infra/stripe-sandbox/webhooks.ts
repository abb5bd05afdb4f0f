// Sends events until the endpoint has taken them. The events themselves are the queue: a cursor
// goes over them, so what waits costs no memory, and a restart starts over at the first undelivered.
import type { Fault, Faults } from "./faults.ts";
import type { Happening } from "./records.ts";
import { shapeEvent } from "./render.ts";
import { createSender } from "./sender.ts";
import type { Store } from "./store.ts";

const IN_FLIGHT = 16;
/** The cursor stops while so many wait for their next attempt. */
const WAITING = 1000;
const FIRST_RETRY_MS = 200;
const LONGEST_RETRY_MS = 30_000;
const GIVE_UP_SECONDS = 3600;
const ANSWER_WITHIN_MS = 10_000;
const REORDER_MS = 1000;
const DELAY_MS = 20_000;
/** How often a duplicated event arrives (reliability.md F7). */
const COPIES = 3;

const FAULTS = ["webhook_duplicate", "webhook_drop", "webhook_delay", "webhook_reorder"] as const;

export type Log = (message: string, fields?: Readonly<Record<string, unknown>>) => void;

export class Webhooks {
  private readonly store: Store;
  private readonly faults: Faults;
  private readonly log: Log;
  private readonly sender;
  private readonly delivered = new Set<string>();
  /** With what to run early when the endpoint is back; nothing for those that a fault holds. */
  private readonly timers = new Map<NodeJS.Timeout, (() => void) | undefined>();
  private readonly listeners = new Map<string, () => void>();
  private due: { readonly event: Happening; readonly attempt: number }[] = [];
  private held: Happening[] = [];
  private cursor = 0;
  private inFlight = 0;
  private unreachable = false;
  private stopped = false;

  constructor(
    store: Store,
    faults: Faults,
    log: Log,
    url: string,
    secrets: readonly string[],
    delivered: readonly string[],
  ) {
    this.store = store;
    this.faults = faults;
    this.log = log;
    this.sender = createSender(url, secrets, IN_FLIGHT, ANSWER_WITHIN_MS);
    for (const id of delivered) this.delivered.add(id);
  }

  /** There may be something to send; cheap when there is not. */
  wake(): void {
    while (this.inFlight < IN_FLIGHT && !this.stopped) {
      const next = this.due.shift() ?? this.fresh();
      if (next === undefined) return;
      if (next.attempt > 0 || !this.faults.any || !this.disturb(next.event))
        void this.attempt(next);
    }
  }

  /** Calls back once the event is with the endpoint. */
  whenDelivered(id: string, done: () => void): void {
    this.listeners.set(id, done);
  }

  stop(): void {
    this.stopped = true;
    for (const timer of this.timers.keys()) clearTimeout(timer);
    this.sender.stop();
  }

  private fresh(): { event: Happening; attempt: number } | undefined {
    const rows = this.store.events.rows;
    while (this.cursor < rows.length && this.timers.size < WAITING) {
      const event = rows[this.cursor++] as Happening;
      // Those before the cursor need no mark of their own in memory.
      if (event.hook && !this.delivered.delete(event.id)) return { event, attempt: 0 };
    }
    return undefined;
  }

  private async attempt({ event, attempt }: { event: Happening; attempt: number }): Promise<void> {
    this.inFlight++;
    // Nobody hears of what a kill could still undo.
    await new Promise<void>((resolve) => this.store.afterKept(resolve));
    if (this.stopped) return;
    const status = await this.sender.send(JSON.stringify(shapeEvent(event)));
    this.inFlight--;
    if (this.stopped) return;
    if (status >= 200 && status < 300) this.taken(event);
    else this.refused(event, attempt, status);
    this.wake();
  }

  private taken(event: Happening): void {
    this.store.note("sent", event.id);
    this.store.commit();
    this.listeners.get(event.id)?.();
    this.listeners.delete(event.id);
    if (!this.unreachable) return;
    // It is back: those that failed only because it was away need not wait longer.
    this.unreachable = false;
    for (const [timer, run] of [...this.timers]) {
      if (run === undefined) continue;
      clearTimeout(timer);
      this.timers.delete(timer);
      run();
    }
  }

  private refused(event: Happening, attempt: number, status: number): void {
    if (status === 0) this.unreachable = true;
    if (event.created < Date.now() / 1000 - GIVE_UP_SECONDS) {
      this.log("webhook given up", { event: event.id, type: event.type, status });
      return;
    }
    const full = Math.min(FIRST_RETRY_MS * 2 ** attempt, LONGEST_RETRY_MS);
    if (attempt === 0) this.log("webhook not taken", { event: event.id, type: event.type, status });
    this.later(full * (0.75 + Math.random() / 2), () => this.again(event, attempt + 1), true);
  }

  private again(event: Happening, attempt: number): void {
    this.due.push({ event, attempt });
    this.wake();
  }

  private later(ms: number, run: () => void, mayBeEarly = false): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      run();
    }, ms);
    this.timers.set(timer, mayBeEarly ? run : undefined);
  }

  /** Takes the event's first delivery out of the usual way, if a fault says so. */
  private disturb(event: Happening): boolean {
    const subject = { type: event.type, orderId: this.orderOf(event) };
    const fault = this.faults.take(FAULTS, subject);
    if (fault === undefined) return false;
    switch (fault.kind) {
      case "webhook_drop":
        this.later(fault.ms ?? FIRST_RETRY_MS, () => this.again(event, 0));
        return true;
      case "webhook_delay":
        this.later(fault.ms ?? DELAY_MS, () => this.again(event, 1));
        return true;
      case "webhook_duplicate":
        for (let copy = 0; copy < COPIES; copy++) this.due.push({ event, attempt: 1 });
        return true;
      default:
        this.hold(event, fault);
        return true;
    }
  }

  /** By its own metadata, or, as a dispute has none, by its intent's. */
  private orderOf({ object }: Happening): string | undefined {
    const own = "metadata" in object ? object.metadata.order_id : undefined;
    const intentId = "intent" in object ? object.intent : "";
    return own ?? this.store.tables.payment_intent.get(intentId)?.metadata.order_id;
  }

  /** Holds all that one rule matches and sends them last first, one after the other. */
  private hold(event: Happening, fault: Fault): void {
    this.held.push(event);
    const release = () => {
      const events = this.held.reverse();
      this.held = [];
      void this.oneByOne(events);
    };
    if (fault.left === 0) release();
    else if (this.held.length === 1) this.later(fault.ms ?? REORDER_MS, release);
  }

  private async oneByOne(events: readonly Happening[]): Promise<void> {
    for (const event of events) await this.attempt({ event, attempt: 1 });
  }
}
