/** For tests only: product and payment as they promise to be, in memory. */
import type { Payment, Product } from "./others.ts";
import { playedPayment } from "./testing-payment.ts";
import type { Played } from "./testing-played.ts";
import { playedProduct } from "./testing-product.ts";

export function playedOthers(): Played & { product: Product; payment: Payment } {
  const played: Played = {
    calls: [],
    before: () => {},
    after: () => {},
    stock: 5,
    reservations: new Map(),
    returned: new Map(),
    payments: new Map(),
    saved: new Map(),
  };
  return Object.assign(played, { product: playedProduct(played), payment: playedPayment(played) });
}
