/** How orders are placed: opens one with its saga and waits for the outcome while there is time. */
import type { CreateOrderResponse } from "#gen/tradepost/order/v1/order.ts";
import { batched } from "#kit/batch.ts";
import type { Call } from "#kit/call.ts";
import type { Db } from "#kit/db.ts";
import { Fault } from "#kit/errors.ts";
import type { SagaDriver } from "#kit/saga.ts";
import {
  findAnswer,
  type Kept,
  type Key,
  keepAnswer,
  keptOrder,
  keptOutcome,
  rejectionFault,
  replay,
} from "./answers.ts";
import type { Changes } from "./changes.ts";
import { toEvent } from "./events.ts";
import { toMessage } from "./messages.ts";
import { type Opening, openOrders } from "./opening.ts";
import { type Capture, type Order, place, type Wanted } from "./order.ts";
import { findByKey, getOrder } from "./store.ts";

/** How long before the caller's deadline a pending order is answered, in milliseconds. */
const PENDING_BEFORE_MS = 300;
/** How long a caller without a deadline waits, in milliseconds. */
const PATIENCE_MS = 5_000;

export interface PlacingDeps {
  readonly db: Db;
  readonly sagas: SagaDriver;
  readonly changes: Changes;
  readonly opened: Map<string, Order>;
  /** When the money of new orders is taken. */
  readonly capture: Capture;
  wake(): void;
}

export function placing({ db, sagas, changes, opened, capture, wake }: PlacingDeps) {
  const open = batched((openings: Opening[]) => openOrders(db, openings));

  return { place: placeOrder, open: openOrder, finish, answerAgain };

  async function placeOrder(wanted: Wanted, call: Call): Promise<CreateOrderResponse> {
    const key = keyOf(call);
    const order = await openOrder(wanted, call, key);
    if (order) {
      return finish(order, call, key);
    }
    if (!key) {
      throw new Error(`order ${wanted.id} was not opened, and there is no key to blame`);
    }
    return answerAgain(key, call);
  }

  /** Undefined where the key was used before, or the cart is not at that version. */
  async function openOrder(
    wanted: Wanted,
    call: Call,
    key: Key | undefined,
    cartVersion?: bigint,
  ): Promise<Order | undefined> {
    const change = place(wanted, capture, call.caller.userId, new Date());
    const event = toEvent(change, call.traceparent);
    const isNew = await open({ ...change, event, key, requestId: call.requestId, cartVersion });
    return isNew ? change.order : undefined;
  }

  /** Drives an order that was opened, and waits for its outcome while there is time. */
  async function finish(
    order: Order,
    call: Call,
    key: Key | undefined,
  ): Promise<CreateOrderResponse> {
    wake();
    const left = call.deadline ? +call.deadline - Date.now() - PENDING_BEFORE_MS : PATIENCE_MS;
    const decided = changes.next(order.id, Math.max(left, 0));
    opened.set(order.id, order);
    const { requestId, traceparent } = call;
    const state = key ? { requestId } : {};
    void sagas.drive({ kind: "checkout", id: order.id, step: "forward", state, traceparent });
    const outcome = await decided;
    return outcome ? answer(outcome) : answerPending(order, key);
  }

  /** The outcome is not known in time. What is answered now is what a repeat is answered. */
  async function answerPending(order: Order, key: Key | undefined): Promise<CreateOrderResponse> {
    const now = await getOrder(db, order.id, "all").catch(() => order);
    if (!key) {
      return answer(now);
    }
    return replay(await keepAnswer(db, key, keptOrder(now)));
  }

  /** What the first call with this key was answered. */
  async function answerAgain(key: Key, call: Call): Promise<CreateOrderResponse> {
    call.markReplayed();
    const kept = await findAnswer(db, key);
    return replay(kept ?? (await answerOfOrder(key, call.requestId)));
  }

  /** The first call never got its answer: its process died, or it is still running. */
  async function answerOfOrder(key: Key, requestId: string): Promise<Kept> {
    const order = await findByKey(db, key.placedBy, key.key);
    if (!order || order.status === "PENDING") {
      throw new Fault("IDEMPOTENCY_IN_PROGRESS", `the first call with key ${key.key} is running`, {
        retryAfterMs: 1_000,
        metadata: order ? { orderId: order.id } : {},
      });
    }
    return keepAnswer(db, key, keptOutcome(order, requestId));
  }
}

function answer(order: Order): CreateOrderResponse {
  if (order.status === "REJECTED") {
    throw rejectionFault(order);
  }
  return { order: toMessage(order) };
}

export type Placing = ReturnType<typeof placing>;

export function keyOf({ caller, idempotencyKey: key, requestHash }: Call): Key | undefined {
  return key === undefined ? undefined : { placedBy: caller.userId, key, requestHash };
}
