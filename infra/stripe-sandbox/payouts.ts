// Payouts from the balance to the bank: https://docs.stripe.com/api/payouts
import { book, requireFunds } from "./balance.ts";
import type { Call } from "./call.ts";
import { conflict } from "./errors.ts";
import { newId, now } from "./ids.ts";
import * as read from "./params.ts";
import type { Payout } from "./records-money.ts";
import type { Store } from "./store.ts";
import { positive } from "./transfers.ts";

const CREATE = new Set([
  "amount",
  "currency",
  "description",
  "expand",
  "metadata",
  "method",
  "source_type",
  "statement_descriptor",
]);
const NO_FUNDS =
  "You have insufficient funds in your Stripe account for this transfer. Your card balance is " +
  "too low.  You can use the the /v1/balance endpoint to view your Stripe balance (for more " +
  "details, see stripe.com/docs/api#balance).";

/** It is on its way at once and arrives a moment later, which at a bank takes days. */
export function createPayout({ params, store, cause }: Call): Payout {
  read.onlyKnown(params, CREATE);
  read.oneOf(params, "source_type", ["card"]);
  const amount = positive(read.required(read.integer(params, "amount"), "amount"), "amount");
  const currency = read.required(read.text(params, "currency"), "currency").toLowerCase();
  const method = read.oneOf(params, "method", ["standard", "instant"]) ?? "standard";
  const metadata = read.metadata(params);
  requireFunds(store, amount, currency, NO_FUNDS);
  const id = newId("po_");
  const payout = store.put("payout", {
    id,
    created: now(),
    amount,
    currency,
    status: "pending",
    method,
    metadata,
    transaction: bookPayout(store, "payout", -amount, currency, id),
    arrival: now(),
    ...read.defined({
      description: read.text(params, "description"),
      statement: read.text(params, "statement_descriptor"),
    }),
  });
  store.move("paid_out", { id, amount, currency }, cause);
  store.emit("payout.created", "payout", payout, cause);
  return payout;
}

export function cancelPayout(call: Call): Payout {
  const { params, store, cause } = call;
  read.onlyKnown(params, new Set(["expand"]));
  const payout = call.row("payout");
  if (payout.status !== "pending") {
    throw conflict(`Payouts can only be canceled while they are pending; it is ${payout.status}.`, {
      code: "payouts_not_allowed",
    });
  }
  const { id, amount, currency } = payout;
  const canceled = store.put("payout", {
    ...payout,
    status: "canceled",
    cancelTransaction: bookPayout(store, "payout_cancel", amount, currency, id),
  });
  store.move("payout_canceled", { id, amount, currency }, cause);
  store.emit("payout.canceled", "payout", canceled, cause, { status: "pending" });
  return canceled;
}

export function finishPayout(store: Store, payout: Payout): void {
  const paid = store.put("payout", { ...payout, status: "paid" });
  store.emit("payout.paid", "payout", paid, undefined, { status: "pending" });
}

function bookPayout(
  store: Store,
  type: "payout" | "payout_cancel",
  amount: number,
  currency: string,
  source: string,
): string {
  return book(store, { type, amount, fee: 0, currency, source, availableOn: now() }).id;
}
