/**
 * ReturnOrder: the order says first what is back, under its lock, so that never more comes
 * back than was bought; the money and the stock are then driven by a saga of the return's own.
 */
import { ReturnOrderResponse } from "#gen/tradepost/order/v1/order.ts";
import type { Call } from "#kit/call.ts";
import { uuidv7 } from "#kit/uuid.ts";
import { type Acting, acting } from "./acting.ts";
import type { Item } from "./order.ts";
import { returnState } from "./paying-back.ts";
import { takeBack } from "./returns.ts";
import { mustBuy, sightOf } from "./sight.ts";

export function returning(deps: Acting) {
  const act = acting(deps);
  return (id: string, items: readonly Item[], reason: string, call: Call) =>
    act(call, ReturnOrderResponse, id, (order) => {
      mustBuy(order, sightOf(call.caller));
      const wish = { id: uuidv7(), items, reason };
      const { goods, ...change } = takeBack(order, wish, call.caller.userId, new Date());
      const state = returnState(id, order.totals?.currency ?? "", goods);
      return { change, saga: { kind: "return", id: goods.id, step: "back", state } };
    });
}
