// What the reconciler needs of a payment provider: its own lists, page by page, newest first.
import type { IntentState } from "./intent.ts";
import type { ProviderTransfer } from "./payout-provider.ts";
import type { ProviderRefund } from "./provider.ts";

export interface ListingProvider {
  intentsSince(since: Date): Pages<ListedIntent>;
  refundsSince(since: Date): Pages<ListedRefund>;
  movementsSince(since: Date): Pages<ListedMovement>;
  transfersSince(since: Date): Pages<ListedTransfer>;
  /** Ids only: what is recorded is read afresh. */
  disputesSince(since: Date): Pages<string>;
  /** Whether there is one, for what was made before the lists begin. */
  has(kind: "intent" | "refund" | "transfer", id: string): Promise<boolean>;
  /** All that were made for an order. What is younger than a minute may be missing. */
  intentsOf(orderId: string): Promise<readonly ListedIntent[]>;
}

export type Pages<T> = AsyncIterable<readonly T[]>;

export interface ListedIntent {
  readonly id: string;
  /** Ours, from its metadata; "" for one that we did not make. */
  readonly orderId: string;
  readonly state: IntentState;
  readonly currency: string;
  /** What was to be taken. */
  readonly amount: bigint;
  /** What was taken. */
  readonly received: bigint;
  readonly created: Date;
}

export interface ListedRefund extends ProviderRefund {
  readonly amount: bigint;
  readonly created: Date;
}

export interface ListedTransfer extends ProviderTransfer {
  readonly created: Date;
}

/** What changed our balance at the provider. */
export interface ListedMovement {
  readonly id: string;
  /** Of what it is: a charge, a refund, a transfer, a dispute. */
  readonly source: string;
  readonly amount: bigint;
  readonly fee: bigint;
  readonly created: Date;
}
