/** Checkout: an order of all that is in the cart, which is taken out of it as the order is opened. */
import { createHash } from "node:crypto";
import type { CheckoutRequest, CheckoutResponse } from "#gen/tradepost/order/v1/order.ts";
import type { Call } from "#kit/call.ts";
import type { Db } from "#kit/db.ts";
import { Fault } from "#kit/errors.ts";
import { uuidv7 } from "#kit/uuid.ts";
import { isUsed, type Key, keepRefusal } from "./answers.ts";
import { getCart } from "./cart-store.ts";
import { type PaymentMethodDeps, paymentMethodOf } from "./payment-method.ts";
import { keyOf, type Placing } from "./placing.ts";

/** How often a cart may change under a checkout; each time is a write of its person. */
const TRIES = 10;

export function cartCheckout(deps: PaymentMethodDeps & { readonly db: Db }, placing: Placing) {
  const { db } = deps;

  return async (request: CheckoutRequest, call: Call): Promise<CheckoutResponse> => {
    const { shippingAddress: address } = request;
    if (!address) {
      throw new Error("validation lets no checkout without an address pass");
    }
    const { userId } = call.caller;
    const key = cartKeyOf(call);
    const paymentMethod = await paymentMethodOf(deps, userId, request.paymentMethod, call);
    for (let tried = 0; tried < TRIES; tried++) {
      const { items, version } = await getCart(db, userId);
      if (items.length === 0) {
        return refuseEmpty(key, call);
      }
      const wanted = { id: uuidv7(), userId, items, address, paymentMethod };
      const order = await placing.open(wanted, call, key, version);
      if (order) {
        return placing.finish(order, call, key);
      }
      if (key && (await isUsed(db, key))) {
        return placing.answerAgain(key, call);
      }
    }
    throw new Fault("OVERLOADED", "the cart is changed again and again", { retryAfterMs: 1_000 });
  };

  /** A repeat of the call that has emptied the cart is told what that one was. */
  async function refuseEmpty(key: Key | undefined, call: Call): Promise<CheckoutResponse> {
    const fault = new Fault("CART_EMPTY", "there is nothing in the cart to order");
    if (key && !(await keepRefusal(db, key, fault, call.requestId))) {
      return placing.answerAgain(key, call);
    }
    throw fault;
  }
}

/** No request of CreateOrder has the same hash, though they share their keys. */
function cartKeyOf(call: Call): Key | undefined {
  const key = keyOf(call);
  const hash = createHash("sha256").update("Checkout").update(call.requestHash).digest();
  return key && { ...key, requestHash: hash };
}
