/** An order at the prices of its reservation. Pure. */
import type { Order } from "./order.ts";
import { type HeldLine, type Priced, price } from "./pricing.ts";

/** No transition: the order is as pending as before. */
export function hold(order: Order, held: readonly HeldLine[]): Order & Priced {
  return { ...order, ...price(order.lines, held) };
}
