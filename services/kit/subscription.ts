import type { Tx } from "./db.ts";
import type { Topic } from "./topics.ts";

/** An event as a consumer gets it. */
export interface Heard<E> {
  readonly id: string;
  /** `tradepost.order.v1.OrderConfirmed` */
  readonly type: string;
  readonly key: string;
  /** When it happened. */
  readonly time: Date;
  readonly value: E;
  readonly partition: number;
  readonly offset: bigint;
}

/** What a service does on hearing one topic. Tombstones are not heard. */
export interface Subscription<E = unknown> {
  readonly topic: Topic;
  /** A value that this throws at is dead-lettered at once. */
  readonly decode: { decode(text: string): E };
  /**
   * Takes effect in the transaction that marks the events as seen: each once,
   * those of one key in order. Many at once, so no statement in a loop. What it
   * throws brings each event back alone, some times, and then dead-letters it.
   */
  handle(events: readonly Heard<E>[], tx: Tx): Promise<void>;
}

export function subscription<E>(subscription: Subscription<E>): Subscription {
  return subscription;
}
