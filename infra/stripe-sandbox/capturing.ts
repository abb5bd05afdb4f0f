// Manual capture: the authorised money is taken once, at most all of it, or let go.
// https://docs.stripe.com/payments/place-a-hold-on-a-payment-method
import { book } from "./balance.ts";
import type { Call } from "./call.ts";
import { cardOf } from "./cards.ts";
import { availableOn, feeOf, moneyOf } from "./charging.ts";
import { type ApiError, conflict, invalid } from "./errors.ts";
import { now } from "./ids.ts";
import * as read from "./params.ts";
import type { Charge, Hold, Intent } from "./records.ts";
import type { Cause, Store } from "./store.ts";

const CAPTURE = new Set([
  "amount_to_capture",
  "expand",
  "final_capture",
  "metadata",
  "statement_descriptor_suffix",
]);

export function captureIntent(call: Call): Intent {
  const { params, store, cause } = call;
  read.onlyKnown(params, CAPTURE);
  const wanted = read.integer(params, "amount_to_capture");
  if (params.final_capture !== undefined && !read.flag(params, "final_capture")) {
    throw invalid("Multicapture is not available for this PaymentIntent.", {
      param: "final_capture",
    });
  }
  const metadata = read.metadata(params);
  const intent = call.row("payment_intent");
  const { made, hold } = heldOf(store, intent);
  const amount = wanted ?? made.amount;
  if (amount < 1 || amount > made.amount) {
    throw conflict(
      "The provided `amount_to_capture` must be at least 1 and at most the amount that is " +
        `capturable (${made.amount}).`,
      { code: amount < 1 ? "amount_too_small" : "amount_too_large", param: "amount_to_capture" },
      { intent },
    );
  }
  if (call.declines()) throw refused(intent, made);
  const transaction = book(store, {
    type: "charge",
    amount,
    fee: feeOf(amount),
    currency: made.currency,
    source: made.id,
    availableOn: availableOn(cardOf(made.card)),
  });
  const captured = store.put("charge", {
    ...made,
    hold: { ...hold, status: "captured", captured: amount },
    transaction: transaction.id,
  });
  const paid = store.put("payment_intent", {
    ...intent,
    status: "succeeded",
    received: amount,
    metadata: { ...intent.metadata, ...metadata },
  });
  store.move("captured", { ...moneyOf(made), amount }, cause);
  if (amount < made.amount) {
    store.move("voided", { ...moneyOf(made), amount: made.amount - amount }, cause);
  }
  store.emit("charge.captured", "charge", captured, cause, { captured: false });
  store.emit("payment_intent.succeeded", "payment_intent", paid, cause);
  return paid;
}

/** Lets the authorised money go; the intent is canceled by whoever asks. */
export function release(store: Store, intent: Intent, type: string, cause?: Cause): void {
  const { made, hold } = heldOf(store, intent);
  const gone = store.put("charge", { ...made, hold: { ...hold, status: "released" } });
  store.move("voided", moneyOf(made), cause);
  store.emit(type, "charge", gone, cause, { amount_refunded: 0, refunded: false });
}

/** What Stripe does with an authorisation whose time is over. */
export function expire(store: Store, intent: Intent): Intent {
  release(store, intent, "charge.expired");
  const canceled = store.put("payment_intent", {
    ...intent,
    status: "canceled",
    canceledAt: now(),
    cancelReason: "automatic",
  });
  store.emit("payment_intent.canceled", "payment_intent", canceled);
  return canceled;
}

/** Moves the end of an authorisation, which at once may be over. */
export function shorten(store: Store, intent: Intent, before: number): Intent {
  const { made, hold } = heldOf(store, intent);
  store.put("charge", { ...made, hold: { ...hold, before } });
  return before <= now() ? expire(store, intent) : intent;
}

function heldOf(store: Store, intent: Intent): { made: Charge; hold: Hold } {
  const made = store.tables.charge.get(intent.charge ?? "");
  if (intent.status === "requires_capture" && made?.hold) return { made, hold: made.hold };
  throw unexpected(intent);
}

/** The bank no longer honours its authorisation; nothing changes by being told so. */
function refused(intent: Intent, made: Charge): ApiError {
  return conflict(
    "The charge cannot be captured as the authorization has expired.",
    { code: "capture_charge_authorization_expired", charge: made.id },
    { intent },
  );
}

function unexpected(intent: Intent): ApiError {
  const message =
    intent.status === "succeeded"
      ? "This PaymentIntent could not be captured because it has already been captured."
      : `This PaymentIntent could not be captured because it has a status of ${intent.status}. ` +
        "Only a PaymentIntent with one of the following statuses may be captured: " +
        "requires_capture.";
  return conflict(message, { code: "payment_intent_unexpected_state" }, { intent });
}
