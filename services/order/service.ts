/** The rpcs of OrderService, in the order of the .proto. */
import type { OrderServiceImplementation } from "#gen/tradepost/order/v1/order.ts";
import { type CallExtras, type Caller, hasRole } from "#kit/call.ts";
import { Fault } from "#kit/errors.ts";
import { pageOf, pageSizeOf, readPageToken, textPart, timePart } from "#kit/page-token.ts";
import { uuidv7 } from "#kit/uuid.ts";
import { cancelling } from "./cancelling.ts";
import { toMessage, toStatus, toTransition } from "./messages.ts";
import { type PlacingDeps, placing } from "./placing.ts";
import { getHistory, getOrder, listOrders, type Sight } from "./store.ts";
import { watchOrder } from "./watching.ts";

export interface Deps extends PlacingDeps {
  /** Charged where an order names no payment method; undefined: such an order is refused. */
  readonly defaultPaymentMethod: string | undefined;
}

export function orderService(deps: Deps): OrderServiceImplementation<CallExtras> {
  const { db, changes } = deps;
  const placeOrder = placing(deps);
  const cancelOrder = cancelling(deps);
  return {
    async createOrder({ userId, items, shippingAddress, paymentMethod }, { call }) {
      const method = paymentMethod ?? deps.defaultPaymentMethod;
      if (!method) {
        throw new Fault("MISSING_PAYMENT_METHOD", "paymentMethod is missing and none is saved");
      }
      if (!shippingAddress) {
        throw new Error("validation lets no order without an address pass");
      }
      const buyer = buyerOf(call.caller, userId);
      return placeOrder(
        { id: uuidv7(), userId: buyer, items, address: shippingAddress, paymentMethod: method },
        call,
      );
    },

    async getOrder({ id }, { call }) {
      return { order: toMessage(await getOrder(db, id, sightOf(call.caller))) };
    },

    async listOrders({ status, userId, pageSize, pageToken }, { call }) {
      const sight =
        userId === undefined ? sightOf(call.caller) : { userId: buyerOf(call.caller, userId) };
      const statuses = status.map(toStatus);
      const filter = ["orders", sight, statuses];
      const size = pageSizeOf(pageSize);
      const key = readPageToken(pageToken, filter, [timePart, textPart]);
      const after = key && { createTime: key[0], id: key[1] };
      const orders = await listOrders(db, sight, { statuses, after, limit: size + 1 });
      const { rows, nextPageToken } = pageOf(orders, size, filter, (order) => [
        order.createTime.toISOString(),
        order.id,
      ]);
      return { orders: rows.map(toMessage), nextPageToken };
    },

    async getOrderHistory({ id }, { call }) {
      return { history: (await getHistory(db, id, sightOf(call.caller))).map(toTransition) };
    },

    async *watchOrder({ id, cursor }, { call }) {
      yield* watchOrder({ db, changes }, id, sightOf(call.caller), cursor, call);
    },

    async batchGetOrderStates() {
      throw new Fault("UNIMPLEMENTED", "not yet");
    },

    cancelOrder: ({ id, reason }, { call }) => cancelOrder(id, reason, sightOf(call.caller), call),
  };
}

/** SUPPORT and ADMIN see everybody's orders. */
function sightOf(caller: Caller): Sight {
  return hasRole(caller, "SUPPORT", "ADMIN") ? "all" : { userId: caller.userId };
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
