// Disputes: the bank takes the money back, and gives it back if it decides for the shop.
// https://docs.stripe.com/disputes/how-disputes-work
import { book } from "./balance.ts";
import type { Call } from "./call.ts";
import { capturedOf, moneyOf } from "./charging.ts";
import { conflict } from "./errors.ts";
import type { Params } from "./form.ts";
import { newId, now } from "./ids.ts";
import * as read from "./params.ts";
import type { Charge } from "./records.ts";
import type { Dispute } from "./records-dispute.ts";
import type { Metadata, Transaction } from "./records-money.ts";
import { EVIDENCE_FIELDS } from "./shape-dispute.ts";
import type { Cause, Store } from "./store.ts";

// Kept whatever the outcome: https://docs.stripe.com/disputes/how-disputes-work#dispute-fees
const FEE = 1500;
const UPDATE = new Set(["evidence", "expand", "metadata", "submit"]);
const OPEN: readonly Dispute["status"][] = [
  "needs_response",
  "under_review",
  "warning_needs_response",
  "warning_under_review",
];

export interface Claim {
  readonly reason: string;
  readonly inquiry: boolean;
  /** Default: what is not refunded. */
  readonly amount?: number;
}

export function openDispute(store: Store, made: Charge, claim: Claim): Dispute {
  const { reason, inquiry, amount = capturedOf(made) - made.refunded } = claim;
  const before = store.tables.dispute.get(made.dispute ?? "");
  if (amount < 1 || amount > capturedOf(made) || (before && OPEN.includes(before.status))) {
    throw conflict(`Charge ${made.id} cannot be disputed over ${amount}.`, {});
  }
  const id = newId("du_");
  const { currency, intent, card } = made;
  const opened: Dispute = {
    id,
    created: now(),
    amount,
    currency,
    charge: made.id,
    intent,
    card,
    reason,
    inquiry,
    status: inquiry ? "warning_needs_response" : "needs_response",
    transactions: [],
    evidence: {},
    submissions: 0,
    metadata: {},
  };
  store.put("charge", { ...made, dispute: id });
  const dispute = inquiry ? store.put("dispute", opened) : withdraw(store, made, opened);
  store.emit("charge.dispute.created", "dispute", dispute);
  if (!inquiry) store.emit("charge.dispute.funds_withdrawn", "dispute", dispute);
  return dispute;
}

/** Evidence is submitted unless `submit` is false; the bank then decides as the test text says. */
export function updateDispute(call: Call): Dispute {
  const { params, store, cause } = call;
  read.onlyKnown(params, UPDATE);
  const given = evidenceOf(params);
  const submits =
    given !== undefined && (params.submit === undefined || read.flag(params, "submit"));
  const metadata = read.metadata(params);
  const dispute = call.row("dispute");
  if (!OPEN.includes(dispute.status)) throw closed(dispute);
  const evidence = { ...dispute.evidence, ...given };
  const next = submits ? VERDICTS[evidence.uncategorized_text ?? ""] : undefined;
  const changed = store.put("dispute", {
    ...dispute,
    evidence,
    metadata: { ...dispute.metadata, ...metadata },
    submissions: dispute.submissions + (submits ? 1 : 0),
    ...(submits && { status: dispute.inquiry ? "warning_under_review" : "under_review" }),
    ...(next && { next }),
  });
  store.emit("charge.dispute.updated", "dispute", changed, cause, { status: dispute.status });
  return changed;
}

/** https://docs.stripe.com/testing#disputes */
const VERDICTS: Record<string, Dispute["next"]> = {
  winning_evidence: "won",
  losing_evidence: "lost",
};

/** Says that there is nothing to answer: it is lost. */
export function acceptDispute(call: Call): Dispute {
  read.onlyKnown(call.params, new Set(["expand"]));
  return closeDispute(call.store, call.row("dispute"), "lost", call.cause);
}

/** An inquiry ends without either. */
export function closeDispute(
  store: Store,
  dispute: Dispute,
  outcome: "won" | "lost",
  cause?: Cause,
): Dispute {
  if (!OPEN.includes(dispute.status)) throw closed(dispute);
  const { next: _next, ...rest } = dispute;
  const made = store.tables.charge.get(dispute.charge);
  const ended: Dispute = { ...rest, status: dispute.inquiry ? "warning_closed" : outcome };
  const isPaidBack = ended.status === "won" && made !== undefined;
  const kept = store.put("dispute", isPaidBack ? reinstate(store, made, ended, cause) : ended);
  if (isPaidBack) store.emit("charge.dispute.funds_reinstated", "dispute", kept, cause);
  store.emit("charge.dispute.closed", "dispute", kept, cause, { status: dispute.status });
  return kept;
}

function withdraw(store: Store, made: Charge, dispute: Dispute): Dispute {
  const { id, amount } = dispute;
  store.move("dispute_withdrawn", { ...moneyOf(made), id, amount });
  const booked = bookDispute(store, dispute, {
    amount: -amount,
    fee: FEE,
    category: "dispute",
    description: `Chargeback withdrawal for ${made.id}`,
  });
  return store.put("dispute", { ...dispute, transactions: [booked] });
}

function reinstate(store: Store, made: Charge, dispute: Dispute, cause?: Cause): Dispute {
  const { id, amount, transactions } = dispute;
  store.move("dispute_reinstated", { ...moneyOf(made), id, amount }, cause);
  const booked = bookDispute(store, dispute, {
    amount,
    fee: 0,
    category: "dispute_reversal",
    description: `Chargeback reversal for ${made.id}`,
  });
  return { ...dispute, transactions: [...transactions, booked] };
}

function bookDispute(
  store: Store,
  { id, currency }: Dispute,
  fields: Pick<Transaction, "amount" | "fee"> & { category: string; description: string },
): Transaction {
  return book(store, { type: "adjustment", currency, source: id, availableOn: now(), ...fields });
}

function evidenceOf(params: Params): Metadata | undefined {
  const given = read.group(params, "evidence");
  if (given === undefined) return undefined;
  read.onlyKnown(given, EVIDENCE_FIELDS);
  return Object.fromEntries(Object.keys(given).map((name) => [name, read.text(given, name) ?? ""]));
}

function closed(dispute: Dispute): Error {
  return conflict(`This dispute is already closed: it is ${dispute.status}.`, {});
}
