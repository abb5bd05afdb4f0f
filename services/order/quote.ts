/** What items would cost if they were ordered now. Pure; the prices are the order's own rules. */
import type {
  QuoteItem as QuoteItemMessage,
  Quote as QuoteMessage,
} from "#gen/tradepost/order/v1/order.ts";
import { Fault } from "#kit/errors.ts";
import { itemMessages, totalMessages } from "./messages.ts";
import type { Item } from "./order.ts";
import { type HeldLine, merge, type Priced, price } from "./pricing.ts";

/** A product that is on sale now. */
export interface Offer extends HeldLine {
  /** How many there are. */
  readonly available: number;
}

export interface Quote extends Priced {
  readonly offers: ReadonlyMap<string, Offer>;
}

/** PRODUCT_NOT_FOUND where an item is not on offer. */
export function quote(items: readonly Item[], offered: readonly Offer[]): Quote {
  const offers = new Map(offered.map((offer) => [offer.productId, offer]));
  const lines = merge(items);
  const missing = lines.find(({ productId }) => !offers.has(productId));
  if (missing) {
    const { productId } = missing;
    throw new Fault("PRODUCT_NOT_FOUND", `no product ${productId}`, { metadata: { productId } });
  }
  const held = lines.flatMap(({ productId }) => offers.get(productId) ?? []);
  return { ...price(lines, held), offers };
}

/** What of the items is on offer; undefined where that is nothing or cannot be one order. */
export function quoteOfCart(items: readonly Item[], offered: readonly Offer[]): Quote | undefined {
  const ids = new Set(offered.map(({ productId }) => productId));
  const sold = items.filter(({ productId }) => ids.has(productId));
  if (sold.length === 0) {
    return undefined;
  }
  try {
    return quote(sold, offered);
  } catch (error) {
    if (error instanceof Fault) {
      return undefined;
    }
    throw error;
  }
}

export function quoteMessage({ offers, ...priced }: Quote): QuoteMessage {
  return {
    items: itemMessages(priced).map(
      ({ returnedQuantity: _, ...item }): QuoteItemMessage => ({
        ...item,
        available: offers.get(item.productId)?.available ?? 0,
      }),
    ),
    ...totalMessages(priced),
  };
}
