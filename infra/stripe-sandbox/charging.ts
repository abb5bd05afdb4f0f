// One attempt on a card: the charge, its fee, and what the intent becomes.
import { book } from "./balance.ts";
import { cardOf, type Decline, type TestCard } from "./cards.ts";
import { ApiError } from "./errors.ts";
import { newId, now } from "./ids.ts";
import { defined } from "./params.ts";
import type { Charge, Failure, Intent, Method } from "./records.ts";
import type { Cause, Store } from "./store.ts";

// Stripe's payout schedule for a US account.
const AVAILABLE_AFTER_SECONDS = 2 * 24 * 3600;
// How long a card's authorisation may be captured, online and with the person there.
const HELD_SECONDS = 7 * 24 * 3600;

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
  const isHeld = intent.captureMethod === "manual";
  const made = begun(store, newCharge(intent, method, authenticated), intent.captureMethod);
  const { failure: _failure, action: _action, ...rest } = intent;
  const paid = store.put("payment_intent", {
    ...rest,
    status: isHeld ? "requires_capture" : "succeeded",
    method: method.id,
    charge: made.id,
  });
  if (intent.futureUsage !== undefined) attachTo(store, intent.customer, method, cause);
  store.move(isHeld ? "authorized" : "captured", moneyOf(made), cause);
  store.emit("charge.succeeded", "charge", made, cause);
  const type = isHeld ? "amount_capturable_updated" : "succeeded";
  store.emit(`payment_intent.${type}`, "payment_intent", paid, cause);
  return paid;
}

/** `automatic_async` is booked by `settle`, a held charge when it is captured. */
function begun(store: Store, made: Charge, captureMethod: Intent["captureMethod"]): Charge {
  switch (captureMethod) {
    case "automatic":
      return store.put("charge", { ...made, transaction: bookCharge(store, made) });
    case "automatic_async":
      return store.put("charge", made);
    case "manual": {
      const before = made.created + HELD_SECONDS;
      return store.put("charge", { ...made, hold: { status: "held", before, captured: 0 } });
    }
  }
}

/** What `setup_future_usage` does once a payment succeeded or is authorised. */
function attachTo(store: Store, customer: string | undefined, method: Method, cause?: Cause): void {
  if (customer === undefined || method.customer === customer) return;
  const attached = store.put("payment_method", { ...method, customer });
  store.emit("payment_method.attached", "payment_method", attached, cause);
}

/** A charge as the ledger file names it. */
export function moneyOf({ id, intent, amount, currency, metadata }: Charge) {
  return { id, intent, amount, currency, ...defined({ orderId: metadata.order_id }) };
}

/** What the customer paid; a held charge is not paid yet. */
export function capturedOf({ amount, failure, hold }: Charge): number {
  if (failure) return 0;
  return hold ? hold.captured : amount;
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
  const settled = store.put("charge", { ...made, transaction: bookCharge(store, made) });
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

function bookCharge(store: Store, { id, amount, currency, card }: Charge): string {
  return book(store, {
    type: "charge",
    amount,
    fee: feeOf(amount),
    currency,
    source: id,
    availableOn: availableOn(cardOf(card)),
  }).id;
}

export function availableOn(card: TestCard): number {
  return now() + (card.available ? 0 : AVAILABLE_AFTER_SECONDS);
}
