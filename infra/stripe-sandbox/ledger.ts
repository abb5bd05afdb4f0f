// What money moved, per order (metadata.order_id): for checkers, not part of Stripe's API.
import type { Store } from "./store.ts";

interface OrderLedger {
  /** Ids, so that a second one for the same order can be looked at. */
  readonly intents: string[];
  readonly succeeded: string[];
  captured: number;
  refunded: number;
  fees: number;
}

export interface Ledger {
  readonly totals: {
    orders: number;
    intents: number;
    succeeded: number;
    captured: number;
    refunded: number;
    fees: number;
  };
  readonly orders: Record<string, OrderLedger>;
}

/** Intents without an order id are under "". */
export function ledgerOf(store: Store, onlyOrder: string | null): Ledger {
  const { payment_intent, charge, balance_transaction } = store.tables;
  const totals = { orders: 0, intents: 0, succeeded: 0, captured: 0, refunded: 0, fees: 0 };
  const orders: Record<string, OrderLedger> = Object.create(null);
  for (const intent of payment_intent.rows) {
    const orderId = intent.metadata.order_id ?? "";
    if (onlyOrder !== null && onlyOrder !== orderId) continue;
    let order = orders[orderId];
    if (order === undefined) {
      order = { intents: [], succeeded: [], captured: 0, refunded: 0, fees: 0 };
      orders[orderId] = order;
      totals.orders++;
    }
    order.intents.push(intent.id);
    totals.intents++;
    if (intent.status !== "succeeded" || intent.charge === undefined) continue;
    const made = charge.get(intent.charge);
    const fee = balance_transaction.get(made?.transaction ?? "")?.fee ?? 0;
    const captured = intent.received ?? intent.amount;
    const refunded = made?.refunded ?? 0;
    order.succeeded.push(intent.id);
    order.captured += captured;
    order.refunded += refunded;
    order.fees += fee;
    totals.succeeded++;
    totals.captured += captured;
    totals.refunded += refunded;
    totals.fees += fee;
  }
  return { totals, orders };
}
