// Transfers to connected accounts and their reversals: https://docs.stripe.com/api/transfers
import { book, requireFunds } from "./balance.ts";
import type { Call } from "./call.ts";
import { capturedOf } from "./charging.ts";
import { conflict, invalid, missing } from "./errors.ts";
import { newId, now } from "./ids.ts";
import { listRecords } from "./lists.ts";
import * as read from "./params.ts";
import type { Charge } from "./records.ts";
import type { Reversal, Transfer } from "./records-money.ts";
import { reversedOf } from "./shape-transfer.ts";
import type { Store } from "./store.ts";

const CREATE = new Set([
  "amount",
  "currency",
  "description",
  "destination",
  "expand",
  "metadata",
  "source_transaction",
  "source_type",
  "transfer_group",
]);
const REVERSE = new Set(["amount", "description", "expand", "metadata"]);
const NO_FUNDS =
  "You have insufficient available funds in your Stripe account. Try adding funds directly to " +
  "your available balance by creating Charges using the 4000000000000077 test card. See: " +
  "https://stripe.com/docs/testing#available-balance";

export function createTransfer(call: Call): Transfer {
  const { params, store, cause } = call;
  read.onlyKnown(params, CREATE);
  read.oneOf(params, "source_type", ["card"]);
  const currency = read.required(read.text(params, "currency"), "currency").toLowerCase();
  const destination = read.required(read.text(params, "destination"), "destination");
  const charge = sourceOf(call);
  const amount = positive(
    read.required(read.integer(params, "amount") ?? charge?.amount, "amount"),
    "amount",
  );
  const metadata = read.metadata(params);
  if (store.tables.account.get(destination) === undefined) {
    throw missing("destination", destination, "destination");
  }
  if (charge) requireSource(store, charge, amount, currency);
  else requireFunds(store, amount, currency, NO_FUNDS);
  const id = newId("tr_");
  const booked = store.tables.balance_transaction.get(charge?.transaction ?? "");
  const transaction = book(store, {
    type: "transfer",
    amount: -amount,
    fee: 0,
    currency,
    source: id,
    // Money of a charge leaves when it has come.
    availableOn: Math.max(now(), booked?.availableOn ?? 0),
  });
  const transfer = store.put("transfer", {
    id,
    created: now(),
    amount,
    currency,
    destination,
    payment: newId("py_"),
    metadata,
    transaction: transaction.id,
    reversals: [],
    ...read.defined({
      charge: charge?.id,
      description: read.text(params, "description"),
      group: read.text(params, "transfer_group") ?? (charge && `group_${charge.intent}`),
    }),
  });
  store.move("transferred", moneyOf(transfer, id, amount), cause);
  store.emit("transfer.created", "transfer", transfer, cause);
  return transfer;
}

export function reverseTransfer(call: Call): Reversal {
  const { params, store, cause } = call;
  read.onlyKnown(params, REVERSE);
  const wanted = read.integer(params, "amount");
  const transfer = call.row("transfer");
  const left = transfer.amount - reversedOf(transfer);
  if (left === 0) {
    throw conflict(`Transfer ${transfer.id} is already fully reversed.`, {});
  }
  const amount = positive(wanted ?? left, "amount");
  if (amount > left) {
    throw conflict(
      `Amount reversed (${amount}) is greater than the unreversed amount of the transfer (${left}).`,
      { param: "amount" },
    );
  }
  const id = newId("trr_");
  const { currency } = transfer;
  const transaction = book(store, {
    type: "transfer_refund",
    amount,
    fee: 0,
    currency,
    source: id,
    availableOn: now(),
  });
  const reversal = store.put("transfer_reversal", {
    id,
    created: now(),
    amount,
    currency,
    transfer: transfer.id,
    transaction: transaction.id,
    metadata: read.metadata(params),
  });
  const changed = store.put("transfer", {
    ...transfer,
    reversals: [...transfer.reversals, reversal],
  });
  store.move("transfer_reversed", moneyOf(transfer, id, amount), cause);
  store.emit("transfer.reversed", "transfer", changed, cause, {
    amount_reversed: transfer.amount - left,
    reversed: false,
  });
  return reversal;
}

export function listReversals(call: Call): object {
  const { id } = call.row("transfer");
  call.params.transfer = id;
  return listRecords(call, "transfer_reversal", `/v1/transfers/${id}/reversals`);
}

export function positive(amount: number, param: string): number {
  if (amount >= 1) return amount;
  throw invalid("This value must be greater than or equal to 1.", {
    code: "parameter_invalid_integer",
    param,
  });
}

function sourceOf({ params, store }: Call): Charge | undefined {
  const id = read.text(params, "source_transaction");
  if (id === undefined) return undefined;
  const charge = store.tables.charge.get(id);
  if (charge === undefined) throw missing("charge", id, "source_transaction");
  return charge;
}

/** Of one charge no more is transferred than was captured. */
function requireSource(store: Store, charge: Charge, amount: number, currency: string): void {
  const param = "source_transaction";
  if (charge.currency !== currency) {
    throw conflict("The currency of source_transaction's balance transaction differs.", { param });
  }
  let left = capturedOf(charge);
  for (const transfer of store.tables.transfer.rows) {
    if (transfer.charge === charge.id) left -= transfer.amount - reversedOf(transfer);
  }
  if (amount <= left) return;
  throw conflict(
    `Transfers using this transaction as a source must not exceed the source amount of ${left}.`,
    { param },
  );
}

function moneyOf({ currency, metadata }: Transfer, id: string, amount: number) {
  return { id, amount, currency, ...read.defined({ orderId: metadata.order_id }) };
}
