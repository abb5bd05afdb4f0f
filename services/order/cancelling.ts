/**
 * CancelOrder: a pending order's checkout is asked to go back; a confirmed order
 * is CANCELLED first, so that nothing else can happen to it, and its money and
 * stock are then driven back by a saga.
 */
import { setTimeout as delay } from "node:timers/promises";
import { CancelOrderResponse } from "#gen/tradepost/order/v1/order.ts";
import type { Call } from "#kit/call.ts";
import type { Tx } from "#kit/db.ts";
import { Fault } from "#kit/errors.ts";
import { once } from "#kit/idempotency.ts";
import { cancelConfirmed, requestCancel } from "./cancelling-store.ts";
import { toMessage } from "./messages.ts";
import { cancel, type Order } from "./order.ts";
import type { PlacingDeps } from "./placing.ts";
import type { CancelRequest } from "./saga-store.ts";
import { getOrder, type Sight } from "./store.ts";

/** How long to wait for a checkout to go back, and then for money and stock, in milliseconds. */
const PATIENCE_MS = 2_000;

export function cancelling({ db, sagas, changes, wake }: PlacingDeps) {
  return async (
    id: string,
    reason: string,
    sight: Sight,
    call: Call,
  ): Promise<CancelOrderResponse> => {
    const { traceparent } = call;
    const request = { actor: call.caller.userId, reason };
    const wasPending = await askCheckout(id, sight, request);
    let isMoved = false;
    const answer = await once(db, call, CancelOrderResponse, async (tx) => {
      const order = await getOrder(tx, id, sight);
      if (wasPending && order.status !== "CONFIRMED") {
        return { order: toMessage(order) };
      }
      const cancelled = await moveToCancelled(tx, order, request, traceparent);
      isMoved = true;
      return { order: toMessage(cancelled) };
    });
    if (isMoved) {
      wake();
      const driven = sagas.drive({ kind: "cancel", id, step: "back", state: {}, traceparent });
      await Promise.race([driven, delay(PATIENCE_MS, undefined, { ref: false })]);
    }
    return answer;
  };

  /** Whether the order was pending; then it has been asked, and mostly has gone back. */
  async function askCheckout(id: string, sight: Sight, request: CancelRequest): Promise<boolean> {
    const { status } = await getOrder(db, id, sight);
    if (status !== "PENDING") {
      return false;
    }
    const ended = changes.next(id, PATIENCE_MS);
    if (!(await requestCancel(db, id, request))) {
      return false;
    }
    await ended;
    return true;
  }
}

async function moveToCancelled(
  tx: Tx,
  order: Order,
  { reason, actor }: CancelRequest,
  traceparent: string,
): Promise<Order> {
  const change = cancel(order, reason, actor, new Date());
  if (!(await cancelConfirmed(tx, change, traceparent))) {
    throw new Fault("WRONG_ORDER_STATE", `order ${order.id} has just changed`);
  }
  return change.order;
}
