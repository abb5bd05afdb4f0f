/** How somebody moves an order: under its lock, once for an idempotency key, with what has to follow. */
import { setTimeout as delay } from "node:timers/promises";
import type { Order as OrderMessage } from "#gen/tradepost/order/v1/order.ts";
import type { Call } from "#kit/call.ts";
import type { Db } from "#kit/db.ts";
import { once } from "#kit/idempotency.ts";
import type { Codec } from "#kit/json.ts";
import type { SagaDriver } from "#kit/saga.ts";
import type { Changes } from "./changes.ts";
import { toMessageFor } from "./messages.ts";
import { type Move, moveOrders } from "./moving.ts";
import type { Order } from "./order.ts";
import { sightOf } from "./sight.ts";
import type { Change } from "./steps.ts";
import { lockOrder } from "./store.ts";

export interface Acting {
  readonly db: Db;
  readonly sagas: SagaDriver;
  readonly changes: Changes;
  /** Wakes the relay. */
  wake(): void;
}

export interface Act {
  readonly change: Change;
  /** What has to follow elsewhere. */
  readonly saga?: Move["saga"];
}

/** How long an answer waits for what has to follow, in milliseconds. */
const PATIENCE_MS = 2_000;

export function acting({ db, sagas, changes, wake }: Acting) {
  /** `decide` answers undefined where the order is to stay as it is. */
  return async <Answer extends { order: OrderMessage | undefined }>(
    call: Call,
    codec: Codec<Answer>,
    id: string,
    decide: (order: Order) => Act | undefined,
  ): Promise<Answer> => {
    const { traceparent } = call;
    const sight = sightOf(call.caller);
    const toMessage = toMessageFor(sight);
    let moved: Act | undefined;
    const answer = await once(db, call, codec, async (tx) => {
      const order = await lockOrder(tx, id, sight);
      moved = decide(order);
      if (moved) {
        await moveOrders(tx, [{ changes: [moved.change], saga: moved.saga, traceparent }]);
      }
      return { order: toMessage(moved?.change.order ?? order) } as Answer;
    });
    if (moved) {
      wake();
      changes.tell(moved.change.order);
    }
    if (moved?.saga) {
      const driven = sagas.drive({ ...moved.saga, traceparent });
      await Promise.race([driven, delay(PATIENCE_MS, undefined, { ref: false })]);
    }
    return answer;
  };
}
