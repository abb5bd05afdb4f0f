/**
 * CancelOrder: a pending order's checkout is asked to go back; a confirmed order
 * is CANCELLED first, so that nothing else can happen to it, and its money and
 * stock are then driven back by a saga.
 */
import { CancelOrderResponse } from "#gen/tradepost/order/v1/order.ts";
import type { Call } from "#kit/call.ts";
import { type Acting, acting } from "./acting.ts";
import { requestCancel } from "./cancelling-store.ts";
import { cancel } from "./order.ts";
import { mustBuy, sightOf } from "./sight.ts";
import { getOrder } from "./store.ts";

/** How long to wait for a checkout to go back, in milliseconds. */
const PATIENCE_MS = 2_000;

export function cancelling(deps: Acting) {
  const { db, sagas, changes } = deps;
  const act = acting(deps);

  return async (id: string, reason: string, call: Call): Promise<CancelOrderResponse> => {
    const actor = call.caller.userId;
    const wasPending = await askCheckout(id, reason, call);
    return act(call, CancelOrderResponse, id, (order) => {
      mustBuy(order, sightOf(call.caller));
      if (wasPending && order.status !== "CONFIRMED") {
        return undefined;
      }
      const change = cancel(order, reason, actor, new Date());
      return { change, saga: { kind: "cancel", id, step: "back", state: {} } };
    });
  };

  /** Whether the order was pending; then it has been asked, and mostly has gone back. */
  async function askCheckout(id: string, reason: string, { caller }: Call): Promise<boolean> {
    const sight = sightOf(caller);
    const order = await getOrder(db, id, sight);
    mustBuy(order, sight);
    if (order.status !== "PENDING") {
      return false;
    }
    const ended = changes.next(id, PATIENCE_MS, ({ status }) => status !== "PENDING");
    if (!(await requestCancel(db, id, { actor: caller.userId, reason }))) {
      return false;
    }
    sagas.wake();
    await ended;
    return true;
  }
}
