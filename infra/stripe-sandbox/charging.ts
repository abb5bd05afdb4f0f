// One attempt on a card: the charge, its fee, and what the intent becomes.
import { cardOf, type Decline, type TestCard } from "./cards.ts";
import { ApiError } from "./errors.ts";
import { newId, now } from "./ids.ts";
import { defined } from "./params.ts";
import type { Charge, Failure, Intent, Method, Transaction } from "./records.ts";
import type { Cause, Store } from "./store.ts";

// Stripe's payout schedule for a US account.
const AVAILABLE_AFTER_SECONDS = 2 * 24 * 3600;

/** 2.9 % + 30 minor units, half up, in integers. */
export function feeOf(amount: number): number {
  return Math.floor((amount * 29 + 500) / 1000) + 30;
}

/** Charges, or throws the decline after recording it. */
export function charge(
  store: Store,
  intent: Intent,
  method: Method,
  authenticated: boolean,
  cause?: Cause,
): Intent {
  const card = cardOf(method.card);
  if (card.decline) throw declined(store, intent, method, card.decline, authenticated, cause);
  const made = newCharge(intent, method, authenticated);
  const id = intent.captureMethod === "automatic" ? newId("txn_") : undefined;
  if (id !== undefined) store.put("balance_transaction", transactionOf(id, made, card));
  const kept = store.put("charge", id === undefined ? made : { ...made, transaction: id });
  const { failure: _failure, action: _action, ...rest } = intent;
  const paid = store.put("payment_intent", {
    ...rest,
    status: "succeeded",
    method: method.id,
    charge: made.id,
  });
  store.emit("charge.succeeded", "charge", kept, cause);
  store.emit("payment_intent.succeeded", "payment_intent", paid, cause);
  return paid;
}

/** Records the refused attempt; the intent then waits for another payment method. */
export function declined(
  store: Store,
  intent: Intent,
  method: Method,
  why: Decline,
  authenticated: boolean,
  cause?: Cause,
): ApiError {
  const made = store.put("charge", { ...newCharge(intent, method, authenticated), failure: why });
  store.emit("charge.failed", "charge", made, cause);
  const failure: Failure = { type: "card_error", ...why, charge: made.id, method };
  const failed = fail(store, { ...intent, charge: made.id }, failure, cause);
  return cardError(failure, failed);
}

export function fail(store: Store, intent: Intent, failure: Failure, cause?: Cause): Intent {
  const { action: _action, method: _method, ...rest } = intent;
  const failed = store.put("payment_intent", {
    ...rest,
    status: "requires_payment_method",
    failure,
  });
  store.emit("payment_intent.payment_failed", "payment_intent", failed, cause);
  return failed;
}

/** Gives a charge of an `automatic_async` intent its balance transaction, which comes later. */
export function settle(store: Store, made: Charge): void {
  const id = newId("txn_");
  store.put("balance_transaction", transactionOf(id, made, cardOf(made.card)));
  const settled = store.put("charge", { ...made, transaction: id });
  store.emit("charge.updated", "charge", settled, undefined, { balance_transaction: null });
}

function cardError(failure: Failure, intent: Intent): ApiError {
  const fields = defined({
    code: failure.code,
    decline_code: failure.declineCode,
    charge: failure.charge,
  });
  const context = { intent, method: failure.method };
  return new ApiError(402, "card_error", failure.message, fields, context);
}

function newCharge(intent: Intent, method: Method, authenticated: boolean): Charge {
  return {
    id: newId("ch_"),
    created: now(),
    amount: intent.amount,
    currency: intent.currency,
    intent: intent.id,
    method: method.id,
    card: method.card,
    metadata: intent.metadata,
    authenticated,
    refunded: 0,
    refunds: [],
    ...defined({
      customer: intent.customer,
      description: intent.description,
      receiptEmail: intent.receiptEmail,
      shipping: intent.shipping,
    }),
  };
}

function transactionOf(id: string, made: Charge, card: TestCard): Transaction {
  return {
    id,
    created: now(),
    type: "charge",
    amount: made.amount,
    fee: feeOf(made.amount),
    currency: made.currency,
    source: made.id,
    availableOn: made.created + (card.available ? 0 : AVAILABLE_AFTER_SECONDS),
  };
}
