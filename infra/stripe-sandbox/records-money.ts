// What moves money other than a charge, and the rows of the balance.

export type Metadata = Readonly<Record<string, string>>;

export interface Transaction {
  readonly id: string;
  readonly created: number;
  readonly type:
    | "charge"
    | "refund"
    | "refund_failure"
    | "transfer"
    | "transfer_refund"
    | "payout"
    | "payout_cancel"
    | "adjustment";
  readonly amount: number;
  readonly fee: number;
  readonly currency: string;
  readonly source: string;
  readonly availableOn: number;
  /** Where reports show it, if not under its type. */
  readonly category?: string;
  readonly description?: string;
}

export interface Refund {
  readonly id: string;
  readonly created: number;
  readonly amount: number;
  readonly currency: string;
  readonly charge: string;
  readonly intent: string;
  readonly status: "pending" | "succeeded" | "failed";
  /** How it will end, if it has not yet. */
  readonly next?: "succeeded" | "failed";
  readonly metadata: Metadata;
  readonly transaction: string;
  readonly failureTransaction?: string;
  readonly reason?: "duplicate" | "fraudulent" | "requested_by_customer";
}

/** A connected account, to which money is transferred. */
export interface Account {
  readonly id: string;
  readonly created: number;
  readonly type: "custom" | "express" | "standard";
  readonly country: string;
  readonly metadata: Metadata;
  readonly email?: string;
}

export interface Transfer {
  readonly id: string;
  readonly created: number;
  readonly amount: number;
  readonly currency: string;
  readonly destination: string;
  /** The payment that it is at the connected account. */
  readonly payment: string;
  readonly metadata: Metadata;
  readonly transaction: string;
  /** Newest last. */
  readonly reversals: readonly Reversal[];
  readonly group?: string;
  readonly description?: string;
  /** The charge that the money is taken from, available or not. */
  readonly charge?: string;
}

export interface Reversal {
  readonly id: string;
  readonly created: number;
  readonly amount: number;
  readonly currency: string;
  readonly transfer: string;
  readonly transaction: string;
  readonly metadata: Metadata;
}

export interface Payout {
  readonly id: string;
  readonly created: number;
  readonly amount: number;
  readonly currency: string;
  readonly status: "pending" | "paid" | "canceled";
  readonly method: "standard" | "instant";
  readonly metadata: Metadata;
  readonly transaction: string;
  readonly arrival: number;
  readonly cancelTransaction?: string;
  readonly description?: string;
  readonly statement?: string;
}
