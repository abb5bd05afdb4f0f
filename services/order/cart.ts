/** What somebody means to buy. Pure. */
import { createHash } from "node:crypto";
import { type Cart as CartMessage, Quote as QuoteMessage } from "#gen/tradepost/order/v1/order.ts";
import { Fault } from "#kit/errors.ts";
import { expectedVersion } from "#kit/etags.ts";
import type { Item } from "./order.ts";
import { merge } from "./pricing.ts";
import { type Quote, quoteMessage } from "./quote.ts";

export interface Cart {
  readonly userId: string;
  /** Each product once. */
  readonly items: readonly Item[];
  /** Grows with each change of the items; 0: there has never been a cart. */
  readonly version: bigint;
  readonly createTime: Date | undefined;
  readonly updateTime: Date | undefined;
}

/** What a cart is to have of the items that a body names. */
export function contents(items: readonly Item[]): Item[] {
  return merge(items, "cart.items").map(({ productId, quantity }) => ({ productId, quantity }));
}

/** The version that an etag names, whatever the prices were that the cart was shown with. */
export function versionOf(etag: string | undefined): bigint | undefined {
  return expectedVersion(etag, /^(\d{1,18})(?:-[0-9a-f]{16})?$/);
}

export function stale(): Fault {
  return new Fault("STALE_ETAG", "the cart has changed since it was read");
}

export function cartMessage(cart: Cart, quote: Quote | undefined): CartMessage {
  const shown = quote && quoteMessage(quote);
  return {
    userId: cart.userId,
    items: [...cart.items],
    quote: shown,
    createTime: cart.createTime,
    updateTime: cart.updateTime,
    etag: shown ? `${cart.version}-${digest(shown)}` : `${cart.version}`,
  };
}

function digest(quote: QuoteMessage): string {
  const bytes = QuoteMessage.encode(quote).finish();
  return createHash("sha256").update(bytes).digest("hex").slice(0, 16);
}
