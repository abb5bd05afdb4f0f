// From records to Stripe's JSON, with `expand[]`: https://docs.stripe.com/expand
import { invalid } from "./errors.ts";
import type { Charge, Happening, Kind, Record_, Records } from "./records.ts";
import { shapeCharge } from "./shape-charge.ts";
import { shapeCustomer } from "./shape-customer.ts";
import { shapeDispute } from "./shape-dispute.ts";
import { shapeIntent, shapeSetup } from "./shape-intent.ts";
import { shapeMethod } from "./shape-method.ts";
import { shapeRefund, shapeTransaction } from "./shape-money.ts";
import { shapeAccount, shapePayout, shapeReversal, shapeTransfer } from "./shape-transfer.ts";
import type { Store } from "./store.ts";

/** Stripe's version that these shapes follow: that of the stripe package 23.1.0. */
export const API_VERSION = "2026-10-28.endive";

/** Finds what an id stands for; a saved answer brings the versions of its own time. */
export type Find = Store["find"];

const SHAPES: { [K in Kind]: (record: Records[K]) => object } = {
  payment_intent: shapeIntent,
  charge: shapeCharge,
  balance_transaction: shapeTransaction,
  refund: shapeRefund,
  payment_method: shapeMethod,
  customer: shapeCustomer,
  setup_intent: shapeSetup,
  account: shapeAccount,
  transfer: shapeTransfer,
  transfer_reversal: shapeReversal,
  payout: shapePayout,
  dispute: shapeDispute,
};

/** Which fields hold the id of what; a transaction's source is a charge or a refund. */
const EXPANDABLE: Record<Kind, Readonly<Record<string, Kind>>> = {
  payment_intent: {
    customer: "customer",
    latest_charge: "charge",
    payment_method: "payment_method",
  },
  charge: {
    balance_transaction: "balance_transaction",
    customer: "customer",
    payment_intent: "payment_intent",
  },
  balance_transaction: { source: "charge" },
  refund: {
    balance_transaction: "balance_transaction",
    charge: "charge",
    failure_balance_transaction: "balance_transaction",
    payment_intent: "payment_intent",
  },
  payment_method: { customer: "customer" },
  customer: {},
  setup_intent: { customer: "customer", payment_method: "payment_method" },
  account: {},
  transfer: {
    balance_transaction: "balance_transaction",
    destination: "account",
    source_transaction: "charge",
  },
  transfer_reversal: { balance_transaction: "balance_transaction", transfer: "transfer" },
  payout: {
    balance_transaction: "balance_transaction",
    failure_balance_transaction: "balance_transaction",
  },
  dispute: { charge: "charge", payment_intent: "payment_intent" },
};

// https://docs.stripe.com/expand: "Expansions have a maximum depth of four levels."
const MAX_DEPTH = 4;

export function shape(kind: Kind, record: Record_): object {
  return (SHAPES[kind] as (record: Record_) => object)(record);
}

/** Refuses what cannot be expanded, before any work is done. */
export function checkExpand(kind: Kind, expand: readonly string[]): void {
  for (const path of expand) {
    const parts = path.split(".");
    let at: Kind | undefined = kind;
    for (const [index, part] of parts.entries()) {
      if (at === "charge" && part === "refunds" && index === parts.length - 1) break;
      at = at && EXPANDABLE[at][part];
      if (at === undefined || index === MAX_DEPTH) {
        throw invalid(`This property cannot be expanded (${path}).`, { param: "expand" });
      }
    }
  }
}

export function render(kind: Kind, record: Record_, expand: readonly string[], find: Find): object {
  const shaped = shape(kind, record);
  for (const path of expand) expandInto(shaped as Shaped, kind, record, path.split("."), find);
  return shaped;
}

interface Shaped {
  [field: string]: unknown;
}

function expandInto(
  into: Shaped,
  kind: Kind,
  record: Record_,
  [field, ...rest]: readonly string[],
  find: Find,
): void {
  if (kind === "charge" && field === "refunds") {
    into.refunds = refundsOf(record as Charge, find);
    return;
  }
  const value = field === undefined ? null : into[field];
  if (field === undefined || value === null || value === undefined) return;
  const id = typeof value === "string" ? value : (value as { id: string }).id;
  const found = find(id);
  if (found === undefined) return;
  if (typeof value === "string") into[field] = shape(found[0], found[1]);
  if (rest.length > 0) expandInto(into[field] as Shaped, found[0], found[1], rest, find);
}

function refundsOf(charge: Charge, find: Find): object {
  const data = charge.refunds.toReversed().flatMap((id) => {
    const found = find(id);
    return found ? [shape(found[0], found[1])] : [];
  });
  return listOf(data, false, `/v1/charges/${charge.id}/refunds`);
}

export function listOf(data: readonly object[], more: boolean, url: string): object {
  return { object: "list", data, has_more: more, url };
}

export function shapeEvent(event: Happening): object {
  const object = shape(event.kind, event.object);
  return {
    id: event.id,
    object: "event",
    api_version: API_VERSION,
    created: event.created,
    data: event.previous ? { object, previous_attributes: event.previous } : { object },
    livemode: false,
    pending_webhooks: event.hook ? 1 : 0,
    request: { id: event.requestId ?? null, idempotency_key: event.key ?? null },
    type: event.type,
  };
}
