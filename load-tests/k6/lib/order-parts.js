// What an order, a quote and a cart must say of what was asked for, from whichever rpc they come.
import { costOf, money, productOf } from "./catalogue.js";

export const shippingAddress = {
  street: "123 Main St",
  city: "SF",
  state: "CA",
  zip: "94105",
  country: "USA",
};

/** Of an order that was placed just now. */
export function orderParts(order, { userId }, items) {
  return {
    whose: [order.userId, userId],
    address: [order.shippingAddress, shippingAddress],
    // Where the money's outcome is not known before the deadline, the order is shown when it is.
    state: [order.status, order.status === "PENDING" ? "PENDING" : "CONFIRMED"],
    ...(order.status === "PENDING"
      ? {}
      : { ...lineParts(order, items), ...costParts(order, items) }),
  };
}

export function lineParts({ items: found }, items) {
  return {
    lines: [(found || []).map(lineOf), items.map(wantedLine)],
  };
}

function lineOf({ productId, quantity, name, unitPrice, subtotal }) {
  return { productId, quantity, name, unitPrice, subtotal };
}

function wantedLine({ productId, quantity }) {
  const { name, price } = productOf(productId);
  return { productId, quantity, name, unitPrice: money(price), subtotal: money(price * quantity) };
}

export function costParts(found, items) {
  const wanted = Object.entries(costOf(items));
  return Object.fromEntries(wanted.map(([part, cost]) => [part, [found?.[part], cost]]));
}
