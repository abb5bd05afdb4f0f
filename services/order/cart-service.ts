/** The rpcs of the cart and of quotes, in the order of the .proto. */
import type { OrderServiceImplementation } from "#gen/tradepost/order/v1/order.ts";
import type { Call, CallExtras } from "#kit/call.ts";
import { Fault } from "#kit/errors.ts";
import { type Cart, cartMessage, contents, versionOf } from "./cart.ts";
import { cartCheckout } from "./cart-checkout.ts";
import { getCart, setCart } from "./cart-store.ts";
import type { PaymentMethodDeps } from "./payment-method.ts";
import type { Placing } from "./placing.ts";
import { quoteOfCart } from "./quote.ts";
import { offersOf, type QuotingDeps, quoting } from "./quoting.ts";

type CartRpcs = Pick<
  OrderServiceImplementation<CallExtras>,
  "quoteOrder" | "getCart" | "setCart" | "checkout"
>;

/** How long a cart waits for its prices, in milliseconds. */
const PRICES_MS = 1_000;

export function cartRpcs(deps: QuotingDeps & PaymentMethodDeps, placing: Placing): CartRpcs {
  const { db, product } = deps;
  const quoteOrder = quoting(deps);
  const checkout = cartCheckout(deps, placing);
  return {
    quoteOrder: ({ items }, { call }) => quoteOrder(items, call),

    async getCart(_request, { call }) {
      return { cart: await show(await getCart(db, call.caller.userId), call) };
    },

    async setCart({ cart, etag }, { call }) {
      const items = contents(cart?.items ?? []);
      const changed = await setCart(db, call.caller.userId, items, versionOf(etag));
      return { cart: await show(changed, call) };
    },

    checkout: (request, { call }) => checkout(request, call),
  };

  /** With its prices, if they can be had. */
  async function show(cart: Cart, call: Call) {
    if (cart.items.length === 0) {
      return cartMessage(cart, undefined);
    }
    const offered = await offersOf(product, cart.items, call, PRICES_MS).catch((error: unknown) => {
      if (error instanceof Fault) {
        return [];
      }
      throw error;
    });
    return cartMessage(cart, quoteOfCart(cart.items, offered));
  }
}
