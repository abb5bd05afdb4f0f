/** QuoteOrder, and what the catalogue offers now. */
import { QuoteOrderResponse } from "#gen/tradepost/order/v1/order.ts";
import { Product_Status } from "#gen/tradepost/product/v1/product.ts";
import type { Call } from "#kit/call.ts";
import { within } from "#kit/client.ts";
import type { Db } from "#kit/db.ts";
import { once } from "#kit/idempotency.ts";
import type { Item } from "./order.ts";
import type { Product } from "./others.ts";
import { type Offer, quote, quoteMessage } from "./quote.ts";

export interface QuotingDeps {
  readonly db: Db;
  readonly product: Product;
}

const ASK_MS = 2_000;

export function quoting({ db, product }: QuotingDeps) {
  return async (items: readonly Item[], call: Call): Promise<QuoteOrderResponse> => {
    const quoted = quoteNow(items, call);
    if (call.idempotencyKey === undefined) {
      return quoted;
    }
    // Asked before the key's transaction: none is open while another service is called.
    await Promise.allSettled([quoted]);
    return once(db, call, QuoteOrderResponse, () => quoted);
  };

  async function quoteNow(items: readonly Item[], call: Call): Promise<QuoteOrderResponse> {
    const offered = await offersOf(product, items, call, ASK_MS);
    return { quote: quoteMessage(quote(items, offered)) };
  }
}

/** Those of the items' products that are on sale, in one call. */
export async function offersOf(
  product: Product,
  items: readonly Item[],
  call: Call,
  timeoutMs: number,
): Promise<Offer[]> {
  const ids = [...new Set(items.map(({ productId }) => productId))];
  const { products } = await product.batchGetProducts({ ids }, within(call, timeoutMs));
  return products
    .filter(({ status }) => status === Product_Status.ACTIVE)
    .map(({ id, merchantId, name, price, stock }) => ({
      productId: id,
      merchantId,
      name,
      unitPrice: price?.amount ?? 0n,
      currency: price?.currencyCode ?? "",
      available: stock,
    }));
}
