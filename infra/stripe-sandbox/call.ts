import { missing } from "./errors.ts";
import type { Params } from "./form.ts";
import type { Kind, Records } from "./records.ts";
import type { Cause, Store } from "./store.ts";

const NOUN: Record<Kind, string> = {
  payment_intent: "payment_intent",
  charge: "charge",
  balance_transaction: "balance transaction",
  refund: "refund",
  payment_method: "PaymentMethod",
  customer: "customer",
  setup_intent: "setupintent",
  account: "account",
  transfer: "transfer",
  transfer_reversal: "transfer reversal",
  payout: "payout",
  dispute: "dispute",
};

/** One request, as the handlers see it. */
export class Call {
  readonly store: Store;
  readonly params: Params;
  /** The id in the path, or "". */
  readonly id: string;
  readonly cause: Cause;
  /** Where this sandbox is reached. */
  readonly origin: string;
  /** Asked at the moment of a charge or capture: whether a fault says that the bank refuses it. */
  readonly declines: () => boolean;

  constructor(
    store: Store,
    params: Params,
    id: string,
    cause: Cause,
    origin: string,
    declines: () => boolean,
  ) {
    this.store = store;
    this.params = params;
    this.id = id;
    this.cause = cause;
    this.origin = origin;
    this.declines = declines;
  }

  /** The row that the path names. */
  row<K extends Kind>(kind: K): Records[K] {
    const row = this.store.table(kind).get(this.id);
    if (row === undefined) {
      const param = kind === "payment_intent" || kind === "setup_intent" ? "intent" : "id";
      throw missing(NOUN[kind], this.id, undefined, param);
    }
    return row as Records[K];
  }
}
