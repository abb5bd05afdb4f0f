// The control routes that move what else only time, a bank or a connected account's owner moves.
import { makeAccount } from "./accounts.ts";
import { makeAvailable } from "./balance.ts";
import { shorten } from "./capturing.ts";
import { closeDispute, openDispute } from "./disputes.ts";
import { ApiError } from "./errors.ts";
import { now } from "./ids.ts";
import { shape } from "./render.ts";
import type { Store } from "./store.ts";

interface Given {
  readonly status: number;
  readonly body: object;
}

/** undefined: no such route. */
export function money(
  store: Store,
  method: string,
  pathname: string,
  text: string,
): Given | undefined {
  if (method !== "POST") return undefined;
  const [, route = "", id = ""] = pathname.split("/");
  const work = WORK[route];
  if (work === undefined) return undefined;
  try {
    return { status: 200, body: work(store, id, text === "" ? {} : Object(JSON.parse(text))) };
  } catch (error) {
    if (error instanceof ApiError) {
      return { status: error.status, body: { error: { message: error.message } } };
    }
    return { status: 400, body: { error: { message: (error as Error).message } } };
  }
}

type Wishes = Readonly<Record<string, unknown>>;

const REASONS: ReadonlySet<unknown> = new Set([
  "bank_cannot_process",
  "credit_not_processed",
  "customer_initiated",
  "debit_not_authorized",
  "duplicate",
  "fraudulent",
  "general",
  "incorrect_account_details",
  "insufficient_funds",
  "product_not_received",
  "product_unacceptable",
  "subscription_canceled",
  "unrecognized",
]);

const WORK: Record<string, (store: Store, id: string, wishes: Wishes) => object> = {
  _authorizations: endAuthorization,
  _disputes: disputeOrDecide,
  _accounts(store, id) {
    if (!/^acct_\w{1,64}$/.test(id)) throw new TypeError(`not an account's id: ${id}`);
    return shape("account", store.tables.account.get(id) ?? makeAccount(store, id));
  },
  _available(store) {
    makeAvailable(store);
    return {};
  },
};

/** `ms` from now; without it, now. */
function endAuthorization(store: Store, id: string, { ms = 0 }: Wishes): object {
  const intent = store.tables.payment_intent.get(id);
  if (intent === undefined) throw new TypeError(`no such intent: ${id}`);
  if (!(typeof ms === "number" && ms >= 0)) throw new TypeError("ms must be 0 or more");
  return shape("payment_intent", shorten(store, intent, now() + Math.ceil(ms / 1000)));
}

/** Opens one for a charge or intent; decides the one that is named. */
function disputeOrDecide(store: Store, id: string, wishes: Wishes): object {
  const { reason = "fraudulent", inquiry = false, amount, outcome } = wishes;
  const dispute = store.tables.dispute.get(id);
  if (dispute) {
    if (outcome !== "won" && outcome !== "lost") {
      throw new TypeError('outcome must be "won" or "lost"');
    }
    return shape("dispute", closeDispute(store, dispute, outcome));
  }
  const charge = store.tables.charge.get(store.tables.payment_intent.get(id)?.charge ?? id);
  if (charge === undefined) throw new TypeError(`no such charge, intent or dispute: ${id}`);
  if (!REASONS.has(reason)) throw new TypeError(`no such reason: ${reason}`);
  if (amount !== undefined && !Number.isSafeInteger(amount)) {
    throw new TypeError("amount must be an integer");
  }
  const claim = { reason: reason as string, inquiry: inquiry === true };
  const more = amount === undefined ? {} : { amount: amount as number };
  return shape("dispute", openDispute(store, charge, { ...claim, ...more }));
}
