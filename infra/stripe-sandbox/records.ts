// What the sandbox keeps. A record is never changed: a change puts a new version in its place, so
// an event or a saved answer that holds a version shows for ever what was true then.

import type { Dispute } from "./records-dispute.ts";
import type {
  Account,
  Metadata,
  Payout,
  Refund,
  Reversal,
  Transaction,
  Transfer,
} from "./records-money.ts";

export interface Intent {
  readonly id: string;
  readonly created: number;
  readonly amount: number;
  readonly currency: string;
  readonly status:
    | "requires_payment_method"
    | "requires_confirmation"
    | "requires_action"
    | "requires_capture"
    | "canceled"
    | "succeeded";
  readonly secret: string;
  readonly metadata: Metadata;
  readonly captureMethod: "automatic" | "automatic_async" | "manual";
  /** Payment methods come from the dashboard's settings, so a confirmation needs a return_url. */
  readonly automatic: boolean;
  readonly redirects: boolean;
  readonly customer?: string;
  readonly description?: string;
  readonly receiptEmail?: string;
  readonly statementSuffix?: string;
  readonly futureUsage?: "on_session" | "off_session";
  readonly shipping?: Shipping;
  readonly method?: string;
  readonly charge?: string;
  readonly failure?: Failure;
  readonly action?: Action;
  /** What a manual capture took, which may be less than the amount. */
  readonly received?: number;
  readonly canceledAt?: number;
  readonly cancelReason?: string;
}

export interface Shipping {
  readonly name: string;
  readonly phone?: string;
  readonly address: Readonly<Record<string, string>>;
}

/** Why the last attempt failed; `type` as in Stripe's errors. */
export interface Failure {
  readonly type: "card_error" | "invalid_request_error";
  readonly code: string;
  readonly declineCode?: string;
  readonly message: string;
  readonly charge?: string;
  readonly method: Method;
}

export interface Action {
  /** Where a person completes or fails the 3-D Secure challenge. */
  readonly url: string;
  readonly returnUrl?: string;
}

export interface Charge {
  readonly id: string;
  readonly created: number;
  readonly amount: number;
  readonly currency: string;
  readonly intent: string;
  readonly method: string;
  /** The test payment method it was made with, which says how it looks and behaves. */
  readonly card: string;
  readonly metadata: Metadata;
  readonly authenticated: boolean;
  readonly refunded: number;
  readonly refunds: readonly string[];
  readonly customer?: string;
  readonly description?: string;
  readonly receiptEmail?: string;
  readonly shipping?: Shipping;
  readonly transaction?: string;
  readonly hold?: Hold;
  /** The newest dispute. */
  readonly dispute?: string;
  readonly failure?: {
    readonly code: string;
    readonly declineCode: string;
    readonly message: string;
  };
}

/** An authorisation that is captured later, or never. */
export interface Hold {
  readonly status: "held" | "captured" | "released";
  /** Unix seconds; an authorisation that is held then ends. */
  readonly before: number;
  readonly captured: number;
}

export interface Method {
  readonly id: string;
  readonly created: number;
  readonly card: string;
  readonly customer?: string;
  /** It was a customer's once, and can never be used again. */
  readonly detached?: true;
}

export interface Customer {
  readonly id: string;
  readonly created: number;
  readonly metadata: Metadata;
  readonly email?: string;
  readonly name?: string;
  readonly phone?: string;
  readonly description?: string;
  readonly deleted?: true;
}

export interface Setup {
  readonly id: string;
  readonly created: number;
  readonly status: Exclude<Intent["status"], "canceled" | "requires_capture">;
  readonly secret: string;
  readonly metadata: Metadata;
  readonly usage: "on_session" | "off_session";
  readonly automatic: boolean;
  readonly redirects: boolean;
  readonly customer?: string;
  readonly description?: string;
  readonly method?: string;
  readonly failure?: Failure;
  readonly action?: Action;
}

/** Happened: `object` is the version that it is about. */
export interface Happening {
  readonly id: string;
  readonly created: number;
  readonly type: string;
  readonly kind: Kind;
  readonly object: Record_;
  readonly previous?: Readonly<Record<string, unknown>>;
  readonly requestId?: string;
  readonly key?: string;
  /** It is to be sent to the webhook endpoint. */
  readonly hook: boolean;
}

export interface Records {
  payment_intent: Intent;
  charge: Charge;
  balance_transaction: Transaction;
  refund: Refund;
  payment_method: Method;
  customer: Customer;
  setup_intent: Setup;
  account: Account;
  transfer: Transfer;
  transfer_reversal: Reversal;
  payout: Payout;
  dispute: Dispute;
}

export type Kind = keyof Records;
export type Record_ = Records[Kind];
