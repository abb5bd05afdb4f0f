// The account's balance: the sum of its transactions, of which some become available later.
import { conflict } from "./errors.ts";
import { newId, now } from "./ids.ts";
import type { Transaction } from "./records-money.ts";
import type { Store } from "./store.ts";

interface Amounts {
  available: number;
  pending: number;
}

export function book(store: Store, fields: Omit<Transaction, "id" | "created">): Transaction {
  return store.put("balance_transaction", { id: newId("txn_"), created: now(), ...fields });
}

function balanceOf(store: Store): Map<string, Amounts> {
  const found = new Map<string, Amounts>();
  const at = now();
  for (const { amount, fee, currency, availableOn } of store.tables.balance_transaction.rows) {
    let amounts = found.get(currency);
    if (amounts === undefined) {
      amounts = { available: 0, pending: 0 };
      found.set(currency, amounts);
    }
    amounts[availableOn <= at ? "available" : "pending"] += amount - fee;
  }
  return found;
}

export function shapeBalance(store: Store): object {
  const all = [...balanceOf(store)];
  if (all.length === 0) all.push(["usd", { available: 0, pending: 0 }]);
  const of = (name: keyof Amounts) =>
    all.map(([currency, { [name]: amount }]) => ({
      amount,
      currency,
      source_types: { card: amount },
    }));
  return { object: "balance", available: of("available"), livemode: false, pending: of("pending") };
}

/** Makes all that is pending available now, for tests that cannot wait for two days. */
export function makeAvailable(store: Store): void {
  const at = now();
  for (const row of store.tables.balance_transaction.rows) {
    if (row.availableOn > at) store.put("balance_transaction", { ...row, availableOn: at });
  }
}

/** Refuses what the available balance does not cover. */
export function requireFunds(
  store: Store,
  amount: number,
  currency: string,
  message: string,
): void {
  const available = balanceOf(store).get(currency)?.available ?? 0;
  if (amount > available) throw conflict(message, { code: "balance_insufficient" });
}
