/** What an order costs, in its parts. Today: no discount, no tax, flat shipping. */
import { Fault } from "#kit/errors.ts";

/** All in the minor unit of `currency`. */
export interface Totals {
  readonly currency: string;
  readonly subtotal: bigint;
  /** Not positive. */
  readonly discounts: bigint;
  readonly shipping: bigint;
  readonly tax: bigint;
  readonly total: bigint;
}

export interface PricedLine {
  readonly merchantId: string;
  readonly quantity: number;
  readonly unitPrice: bigint;
}

/** What sending an order costs, by currency; a currency that is not here is sent for nothing. */
const FLAT_SHIPPING: Readonly<Record<string, bigint>> = {
  USD: 499n,
  EUR: 499n,
  GBP: 399n,
  CHF: 699n,
  JPY: 600n,
};

/** Stripe takes at most eight digits: https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts */
const MAX_TOTAL = 99_999_999n;

export function totalsOf(currency: string, lines: readonly PricedLine[]): Totals {
  const subtotal = lines.reduce((sum, line) => sum + lineSubtotal(line), 0n);
  const shipping = FLAT_SHIPPING[currency] ?? 0n;
  const total = subtotal + shipping;
  if (total > MAX_TOTAL) {
    throw new Fault("PAYMENT_DECLINED", `a total of ${total} is more than can be charged at once`, {
      metadata: { declineCode: "amount_too_large" },
    });
  }
  return { currency, subtotal, discounts: 0n, shipping, tax: 0n, total };
}

export function lineSubtotal({ quantity, unitPrice }: PricedLine): bigint {
  return BigInt(quantity) * unitPrice;
}

/** How a total divides: each merchant's lines, and shipping and tax for the shop itself (""). */
export function sharesOf(totals: Totals, lines: readonly PricedLine[]): Map<string, bigint> {
  const shares = new Map<string, bigint>();
  for (const line of lines) {
    shares.set(line.merchantId, (shares.get(line.merchantId) ?? 0n) + lineSubtotal(line));
  }
  const own = totals.total - totals.subtotal;
  if (own !== 0n) {
    shares.set("", (shares.get("") ?? 0n) + own);
  }
  return shares;
}
