// Refunds: never more than the charge, at once or later (test cards that say so).
import { book } from "./balance.ts";
import type { Call } from "./call.ts";
import { cardOf } from "./cards.ts";
import { capturedOf, moneyOf } from "./charging.ts";
import { conflict, invalid, missing } from "./errors.ts";
import { newId, now } from "./ids.ts";
import * as read from "./params.ts";
import type { Charge } from "./records.ts";
import type { Refund, Transaction } from "./records-money.ts";
import { takesMoney } from "./shape-dispute.ts";
import type { Store } from "./store.ts";

const CREATE = new Set(["amount", "charge", "expand", "metadata", "payment_intent", "reason"]);
const REASONS = ["duplicate", "fraudulent", "requested_by_customer"] as const;

export function createRefund(call: Call): Refund {
  const { params, store, cause } = call;
  read.onlyKnown(params, CREATE);
  const reason = read.oneOf(params, "reason", REASONS);
  const metadata = read.metadata(params);
  const wanted = read.integer(params, "amount");
  if (wanted !== undefined && wanted < 1) {
    throw invalid("Invalid positive integer", {
      code: "parameter_invalid_integer",
      param: "amount",
    });
  }
  const made = chargeOf(call);
  requireUndisputed(store, made);
  const left = capturedOf(made) - made.refunded;
  if (left === 0) {
    throw conflict(`Charge ${made.id} has already been refunded.`, {
      code: "charge_already_refunded",
    });
  }
  const amount = wanted ?? left;
  if (amount > left) {
    throw conflict(
      `Refund amount (${major(amount)}) is greater than unrefunded amount on charge (${major(left)})`,
      { param: "amount" },
    );
  }
  const fate = cardOf(made.card).refund;
  const id = newId("re_");
  const transaction = bookRefund(store, "refund", -amount, made, id);
  const refund = store.put("refund", {
    id,
    created: now(),
    amount,
    currency: made.currency,
    charge: made.id,
    intent: made.intent,
    status: fate === "pending_then_succeeded" ? "pending" : "succeeded",
    metadata,
    transaction: transaction.id,
    ...read.defined({ reason }),
    ...(fate && { next: fate === "pending_then_succeeded" ? "succeeded" : "failed" }),
  });
  const changed = store.put("charge", {
    ...made,
    refunded: made.refunded + amount,
    refunds: [...made.refunds, id],
  });
  store.move("refunded", { ...moneyOf(made), id, amount }, cause);
  store.emit("refund.created", "refund", refund, cause);
  store.emit("charge.refunded", "charge", changed, cause, {
    amount_refunded: made.refunded,
    refunded: false,
  });
  return refund;
}

/** What a test card said would become of it; a failed one gives the money back to the balance. */
export function finishRefund(store: Store, refund: Refund): void {
  const { next, ...rest } = refund;
  if (next === undefined) return;
  if (next === "succeeded") {
    const done = store.put("refund", { ...rest, status: "succeeded" });
    store.emit("refund.updated", "refund", done, undefined, { status: "pending" });
    return;
  }
  const made = store.tables.charge.get(refund.charge);
  if (made === undefined) return;
  const back = bookRefund(store, "refund_failure", refund.amount, made, refund.id);
  const failed = store.put("refund", { ...rest, status: "failed", failureTransaction: back.id });
  store.put("charge", { ...made, refunded: made.refunded - refund.amount });
  store.move("refund_failed", { ...moneyOf(made), id: refund.id, amount: refund.amount });
  store.emit("refund.updated", "refund", failed, undefined, { status: "succeeded" });
  store.emit("refund.failed", "refund", failed);
}

function chargeOf({ params, store }: Call): Charge {
  const intentId = read.text(params, "payment_intent");
  const chargeId = read.text(params, "charge");
  if ((intentId === undefined) === (chargeId === undefined)) {
    const word = intentId === undefined ? "One" : "Only one";
    throw invalid(`${word} of the following params should be provided: payment_intent or charge.`, {
      code: "parameter_missing",
      param: "payment_intent",
    });
  }
  if (chargeId !== undefined) {
    const made = store.tables.charge.get(chargeId);
    if (made === undefined) throw missing("charge", chargeId, "charge");
    return refundable(
      made,
      `Charge ${chargeId} is not refundable: nothing was captured.`,
      "charge",
    );
  }
  const intent = store.tables.payment_intent.get(intentId as string);
  if (intent === undefined) throw missing("payment_intent", intentId as string, "payment_intent");
  const why = `This PaymentIntent (${intent.id}) does not have a successful charge to refund.`;
  return refundable(store.tables.charge.get(intent.charge ?? ""), why, "payment_intent");
}

function refundable(made: Charge | undefined, why: string, param: string): Charge {
  if (made === undefined || capturedOf(made) === 0) throw conflict(why, { param });
  return made;
}

function requireUndisputed(store: Store, { id, dispute: disputeId }: Charge): void {
  const dispute = store.tables.dispute.get(disputeId ?? "");
  if (dispute === undefined || !takesMoney(dispute)) return;
  throw conflict(`Charge ${id} has been charged back; cannot issue a refund.`, {
    code: "charge_disputed",
  });
}

/** Stripe keeps the fee of the charge: a refund has none and gives none back. */
function bookRefund(
  store: Store,
  type: Transaction["type"],
  amount: number,
  { currency }: Charge,
  source: string,
): Transaction {
  return book(store, { type, amount, fee: 0, currency, source, availableOn: now() });
}

function major(amount: number): string {
  return `$${(amount / 100).toFixed(2)}`;
}
