// What disputes need of a payment provider.
import type { DisputeStatus } from "./payment.ts";

export interface DisputeProvider {
  readDispute(id: string): Promise<ProviderDispute>;
}

export interface ProviderDispute {
  readonly id: string;
  readonly intentId: string;
  readonly status: DisputeStatus;
  readonly amount: bigint;
  readonly reason: string;
  /** What it did to our balance so far. */
  readonly movements: readonly Movement[];
}

interface Movement {
  readonly id: string;
  /** Minor units; below zero: withdrawn. */
  readonly amount: bigint;
  /** Below zero: given back. */
  readonly fee: bigint;
}
