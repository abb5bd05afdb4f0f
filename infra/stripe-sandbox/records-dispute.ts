import type { Metadata, Transaction } from "./records-money.ts";

export interface Dispute {
  readonly id: string;
  readonly created: number;
  readonly amount: number;
  readonly currency: string;
  readonly charge: string;
  readonly intent: string;
  /** The test payment method of its charge. */
  readonly card: string;
  readonly reason: string;
  readonly status:
    | "needs_response"
    | "under_review"
    | "won"
    | "lost"
    | "warning_needs_response"
    | "warning_under_review"
    | "warning_closed";
  /** Asks, and moves no money. */
  readonly inquiry: boolean;
  readonly transactions: readonly Transaction[];
  readonly evidence: Metadata;
  readonly submissions: number;
  readonly metadata: Metadata;
  /** How the bank will decide on what was submitted. */
  readonly next?: "won" | "lost";
}
