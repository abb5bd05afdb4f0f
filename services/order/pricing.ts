/** The lines of an order, and what they cost. Pure. */
import { Fault, invalidField } from "#kit/errors.ts";
import type { Item, Line } from "./order.ts";
import { type Totals, totalsOf } from "./totals.ts";

/** What the catalogue says of a product. */
export interface HeldLine {
  readonly productId: string;
  readonly merchantId: string;
  readonly name: string;
  readonly unitPrice: bigint;
  readonly currency: string;
}

export interface Priced {
  readonly lines: readonly Line[];
  readonly totals: Totals;
}

/** The most of one product in one order. */
const MAX_QUANTITY = 9_900;

/** A product that stands twice is one line, where it stood first. */
export function merge(items: readonly Item[], field = "items"): Line[] {
  const empty = { returnedQuantity: 0, merchantId: "", name: "", unitPrice: 0n };
  const lines = new Map<string, Line>();
  for (const [index, { productId, quantity }] of items.entries()) {
    const sum = (lines.get(productId)?.quantity ?? 0) + quantity;
    if (sum > MAX_QUANTITY) {
      throw invalidField(`${field}[${index}].quantity`, `more than ${MAX_QUANTITY} of one product`);
    }
    lines.set(productId, { productId, quantity: sum, ...empty });
  }
  return [...lines.values()];
}

/** Lines at their prices; `held` has each of their products. */
export function price(lines: readonly Line[], held: readonly HeldLine[]): Priced {
  const currencies = new Set(held.map(({ currency }) => currency));
  const [currency] = currencies;
  if (currencies.size !== 1 || currency === undefined) {
    throw new Fault("MIXED_CURRENCIES", `priced in ${[...currencies].sort().join(", ")}`);
  }
  const prices = new Map(held.map((line) => [line.productId, line]));
  const priced = lines.map((line): Line => {
    const known = prices.get(line.productId);
    if (!known) {
      throw new Error(`there is no price of ${line.productId}`);
    }
    const { merchantId, name, unitPrice } = known;
    return { ...line, merchantId, name, unitPrice };
  });
  return { lines: priced, totals: totalsOf(currency, priced) };
}
