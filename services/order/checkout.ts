/**
 * The checkout saga: hold the stock, charge the total, confirm; or all the way
 * back. Each step may be made again without harm, named by the order's id.
 */
import { batched } from "#kit/batch.ts";
import { within } from "#kit/client.ts";
import type { Db } from "#kit/db.ts";
import { Fault } from "#kit/errors.ts";
import type { Drive, Saga } from "#kit/saga.ts";
import { keptOutcome } from "./answers.ts";
import type { Changes } from "./changes.ts";
import { type Decision, decideOrders } from "./deciding.ts";
import { toEvent } from "./events.ts";
import { type Change, cancel, confirm, hold, type Order, type Rejection, reject } from "./order.ts";
import type { Payment, Product } from "./others.ts";
import { giveBack } from "./paying-back.ts";
import {
  type CancelRequest,
  cancelRequestOf,
  endSagas,
  recordHeld,
  turnBack,
} from "./saga-store.ts";
import { getOrder } from "./store.ts";
import { sharesOf } from "./totals.ts";

export interface CheckoutDeps {
  readonly db: Db;
  readonly product: Product;
  readonly payment: Payment;
  readonly changes: Changes;
  /** Orders whose saga this process has just opened, so that it need not read them. */
  readonly opened: Map<string, Order>;
  /** Wakes the relay. */
  wake(): void;
}

/** What a checkout's row carries. */
interface State {
  /** Of the call whose answer is to be kept; absent: it had no idempotency key. */
  readonly requestId?: string;
  /** On the way back: why. */
  readonly outcome?: Outcome;
}

type Outcome = { readonly rejection: Rejection } | { readonly cancel: CancelRequest };

/** What others may refuse for good. Anything else leaves the outcome open, and is tried again. */
const REFUSALS: ReadonlySet<string> = new Set([
  "PRODUCT_NOT_FOUND",
  "OUT_OF_STOCK",
  "MIXED_CURRENCIES",
  "RESERVATION_CLOSED",
  "PAYMENT_DECLINED",
  "WRONG_PAYMENT_STATE",
]);

/** Milliseconds; the payment service asks Stripe for at most 10,000. */
const RESERVE_MS = 2_000;
const CHARGE_MS = 10_000;
const SETTLE_MS = 2_000;

export function checkout(deps: CheckoutDeps): Drive<State> {
  const { db, product, payment, changes, opened, wake } = deps;

  const decide = batched((decisions: Decision[]) => decideOrders(db, decisions));

  const settle = batched(
    async (sagas: Saga<State>[]) => {
      const orderIds = sagas.map(({ id }) => id);
      await product.commitStock({ orderIds }, within(sagas[0], SETTLE_MS));
      await endSagas(db, sagas);
      return sagas.map(() => undefined);
    },
    { max: 200 },
  );

  async function forward(saga: Saga<State>): Promise<void> {
    const order = opened.get(saga.id) ?? (await getOrder(db, saga.id, "all"));
    opened.delete(saga.id);
    let held = order;
    try {
      held = await reserve(saga, order);
      const paymentId = await charge(saga, held);
      if (await end(saga, confirm(held, paymentId, new Date()), "settle")) {
        await settle(saga);
        return;
      }
    } catch (error) {
      if (!(error instanceof Fault && REFUSALS.has(error.reason))) {
        await recordHeld(db, saga, held);
        throw error;
      }
      const { reason, message: detail, metadata } = error;
      return back(saga, held, { rejection: { reason, detail, metadata } });
    }
    const request = await cancelRequestOf(db, saga.id);
    if (request) {
      return back(saga, held, { cancel: request });
    }
    // Another process has taken the saga over and decided.
  }

  async function reserve(saga: Saga<State>, order: Order): Promise<Order> {
    const { id, lines } = order;
    const reservation = await product.reserveStock(
      { orderId: id, lines: lines.map(({ productId, quantity }) => ({ productId, quantity })) },
      within(saga, RESERVE_MS),
    );
    const held = reservation.lines.map((line) => ({
      productId: line.productId,
      merchantId: line.merchantId,
      name: line.name,
      unitPrice: line.unitPrice?.amount ?? 0n,
      currency: line.unitPrice?.currencyCode ?? "",
    }));
    return hold(order, held);
  }

  async function charge(saga: Saga<State>, order: Order): Promise<string> {
    const { id, userId, totals, lines, paymentMethod } = order;
    if (!totals) {
      throw new Error(`order ${id} has no total to charge`);
    }
    const money = (amount: bigint) => ({ currencyCode: totals.currency, amount });
    const shares = [...sharesOf(totals, lines)].map(([merchantId, amount]) => ({
      merchantId,
      amount: money(amount),
    }));
    const { payment: charged } = await payment.charge(
      { orderId: id, userId, amount: money(totals.total), paymentMethod, shares },
      within(saga, Math.min(CHARGE_MS, saga.giveUpAt - Date.now())),
    );
    if (!charged) {
      throw new Error(`the charge of order ${id} was answered without a payment`);
    }
    return charged.id;
  }

  async function back(saga: Saga<State>, order: Order, outcome: Outcome): Promise<void> {
    if (await turnBack(db, saga, { ...saga.state, outcome })) {
      await undo(saga, order, outcome);
    }
  }

  async function undo(saga: Saga<State>, order: Order, outcome: Outcome): Promise<void> {
    await giveBack(deps, saga, "checkout");
    await end(saga, outcomeOf(order, outcome, new Date()), null);
  }

  async function end(
    saga: Saga<State>,
    change: Change,
    nextStep: "settle" | null,
  ): Promise<boolean> {
    const { requestId } = saga.state;
    const answer = requestId === undefined ? undefined : keptOutcome(change.order, requestId);
    const event = toEvent(change, saga.traceparent);
    const decided = await decide({ ...change, event, fence: saga.fence, nextStep, answer });
    if (decided) {
      wake();
      changes.tell(change.order);
    }
    return decided;
  }

  return async (saga) => {
    switch (saga.step) {
      case "forward":
        return forward(saga);
      case "settle":
        return settle(saga);
      case "back":
        return undo(saga, await getOrder(db, saga.id, "all"), outcomeIn(saga));
      default:
        throw new Error(`a checkout has no step ${saga.step}`);
    }
  };
}

function outcomeIn({ id, state }: Saga<State>): Outcome {
  if (!state.outcome) {
    throw new Error(`the checkout of order ${id} goes back and does not say why`);
  }
  return state.outcome;
}

function outcomeOf(order: Order, outcome: Outcome, at: Date): Change {
  return "rejection" in outcome
    ? reject(order, outcome.rejection, at)
    : cancel(order, outcome.cancel.reason, outcome.cancel.actor, at);
}
