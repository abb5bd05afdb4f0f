// What the sandbox keeps. A record is never changed: a change puts a new version in its place, so
// an event or a saved answer that holds a version shows for ever what was true then.

export interface Intent {
  readonly id: string;
  readonly created: number;
  readonly amount: number;
  readonly currency: string;
  readonly status:
    | "requires_payment_method"
    | "requires_confirmation"
    | "requires_action"
    | "canceled"
    | "succeeded";
  readonly secret: string;
  readonly metadata: Metadata;
  readonly captureMethod: "automatic" | "automatic_async";
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
  readonly canceledAt?: number;
  readonly cancelReason?: string;
}

export type Metadata = Readonly<Record<string, string>>;

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
  readonly failure?: {
    readonly code: string;
    readonly declineCode: string;
    readonly message: string;
  };
}

export interface Transaction {
  readonly id: string;
  readonly created: number;
  readonly type: "charge" | "refund" | "refund_failure";
  readonly amount: number;
  readonly fee: number;
  readonly currency: string;
  readonly source: string;
  readonly availableOn: number;
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

export interface Method {
  readonly id: string;
  readonly created: number;
  readonly card: string;
  readonly customer?: string;
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
  readonly status: Exclude<Intent["status"], "canceled">;
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
}

export type Kind = keyof Records;
export type Record_ = Records[Kind];
