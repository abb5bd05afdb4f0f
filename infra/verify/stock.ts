/** I6: nothing is sold twice. */
import { groupBy, type Invariant, PAID, UNDONE } from "./invariant.ts";

export const stockConserved: Invariant = {
  id: "I6",
  name: "stock is conserved",
  reads: ["mismatches", "sold", "reservations", "orders"],
  rule:
    "for each product initial + movements = available + reserved + sold, none below 0 (the view " +
    "stock_mismatches is empty); what is sold is what the paid orders hold and did not give " +
    "back; nothing is held for an order in a final state, nor sold to one that is undone",
  *find({ mismatches, sold, reservations, orders }) {
    for (const row of mismatches) {
      yield { what: "a product's stock does not add up", ...row };
    }
    const still = orders.filter(({ moving }) => !moving);
    const ordered = new Map<string, number>();
    for (const { items } of still.filter(({ status }) => PAID.has(status))) {
      for (const { productId, quantity, returnedQuantity = 0 } of items) {
        ordered.set(productId, (ordered.get(productId) ?? 0) + quantity - returnedQuantity);
      }
    }
    // What sagas are at work on is held or sold, and nobody can say which.
    if (still.length === orders.length) {
      const counted = new Map(sold.map((row) => [row.product_id, row.sold]));
      for (const product of new Set([...ordered.keys(), ...counted.keys()])) {
        const [inOrders, inStock] = [ordered.get(product) ?? 0, counted.get(product) ?? 0];
        if (inOrders !== inStock) {
          yield { what: "what is sold is not what was ordered", product, inOrders, inStock };
        }
      }
    }
    const stateOf = new Map(reservations.map(({ order_id, state }) => [order_id, state]));
    for (const { id: orderId, status } of still) {
      const reservation = stateOf.get(orderId);
      const isWrong = PAID.has(status)
        ? reservation !== "committed"
        : UNDONE.has(status) && reservation !== undefined && reservation !== "released";
      if (isWrong) {
        yield { what: "a reservation does not fit its order", orderId, status, reservation };
      }
    }
    const known = new Set(orders.map(({ id }) => id));
    for (const { order_id: orderId, state } of reservations) {
      if (state !== "released" && !known.has(orderId)) {
        yield { what: "stock is held for an order that is not there", orderId, state };
      }
    }
  },
};

export const oneOrderPerKey: Invariant = {
  id: "I2",
  name: "one order for each key",
  reads: ["orders"],
  rule: "no two orders of one caller have the same idempotency key",
  *find({ orders }) {
    const keyed = orders.filter(({ idempotency_key }) => idempotency_key !== null);
    const groups = groupBy(keyed, (row) => `${row.placed_by} ${row.idempotency_key}`);
    for (const [key, rows] of groups) {
      if (rows.length > 1) {
        yield { what: "two orders for one key", key, orders: rows.map(({ id }) => id) };
      }
    }
  },
};
