/** The rpcs of OrderService, in the order of the .proto. */
import type { OrderServiceImplementation } from "#gen/tradepost/order/v1/order.ts";
import { type CallExtras, type Caller, hasRole } from "#kit/call.ts";
import { Fault } from "#kit/errors.ts";
import { newestPage } from "#kit/newest-page.ts";
import { uuidv7 } from "#kit/uuid.ts";
import { cancelling } from "./cancelling.ts";
import { cartRpcs } from "./cart-service.ts";
import { toMessageFor, toState, toStatus, toTransition } from "./messages.ts";
import { type PaymentMethodDeps, paymentMethodOf } from "./payment-method.ts";
import { type PlacingDeps, placing } from "./placing.ts";
import type { QuotingDeps } from "./quoting.ts";
import { returning } from "./returning.ts";
import { shipping } from "./shipping.ts";
import { sightOf } from "./sight.ts";
import { getHistory, getOrder, getStates, listOrders } from "./store.ts";
import { watchOrder } from "./watching.ts";

export interface Deps extends PlacingDeps, PaymentMethodDeps, QuotingDeps {}

export function orderService(deps: Deps): OrderServiceImplementation<CallExtras> {
  const { db, changes } = deps;
  const orders = placing(deps);
  const cancelOrder = cancelling(deps);
  const { ship, deliver } = shipping(deps);
  const returnOrder = returning(deps);
  return {
    async createOrder({ userId, items, shippingAddress, paymentMethod }, { call }) {
      if (!shippingAddress) {
        throw new Error("validation lets no order without an address pass");
      }
      const buyer = buyerOf(call.caller, userId);
      const method = await paymentMethodOf(deps, buyer, paymentMethod, call);
      return orders.place(
        { id: uuidv7(), userId: buyer, items, address: shippingAddress, paymentMethod: method },
        call,
      );
    },

    async getOrder({ id }, { call }) {
      const sight = sightOf(call.caller);
      return { order: toMessageFor(sight)(await getOrder(db, id, sight)) };
    },

    async listOrders({ status, userId, ...request }, { call }) {
      const sight =
        userId === undefined ? sightOf(call.caller) : { userId: buyerOf(call.caller, userId) };
      const statuses = status.map(toStatus);
      const filter = ["orders", sight, statuses];
      const { rows, nextPageToken } = await newestPage(request, filter, (page) =>
        listOrders(db, sight, statuses, page),
      );
      return { orders: rows.map(toMessageFor(sight)), nextPageToken };
    },

    async getOrderHistory({ id }, { call }) {
      return { history: (await getHistory(db, id, sightOf(call.caller))).map(toTransition) };
    },

    async *watchOrder({ id, cursor }, { call }) {
      yield* watchOrder({ db, changes }, id, sightOf(call.caller), cursor, call);
    },

    cancelOrder: ({ id, reason }, { call }) => cancelOrder(id, reason, call),

    shipOrder: ({ id, merchantId, carrier, trackingNumber }, { call }) =>
      ship(id, merchantId, { carrier, trackingNumber }, call),

    deliverOrder: ({ id, merchantId }, { call }) => deliver(id, merchantId, call),

    returnOrder: ({ id, items, reason }, { call }) => returnOrder(id, items, reason, call),

    async batchGetOrderStates({ ids }) {
      return { orders: (await getStates(db, ids)).map(toState) };
    },

    ...cartRpcs(deps, orders),
  };
}

/** Others than oneself only for SUPPORT and ADMIN. */
function buyerOf(caller: Caller, userId: string | undefined): string {
  if (userId === undefined || userId === caller.userId) {
    return caller.userId;
  }
  if (!hasRole(caller, "SUPPORT", "ADMIN")) {
    throw new Fault("NOT_OWNER", `the caller is not ${userId}`);
  }
  return userId;
}
