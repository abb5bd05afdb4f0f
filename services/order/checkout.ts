/**
 * The checkout saga: hold the stock, charge the total, confirm; or all the way
 * back. What follows what is in saga-rules.ts; here it is performed.
 */
import { batched } from "#kit/batch.ts";
import { within } from "#kit/client.ts";
import type { Db } from "#kit/db.ts";
import type { Drive, Saga } from "#kit/saga.ts";
import { keptOutcome } from "./answers.ts";
import { charge, reserve } from "./asking.ts";
import type { Changes } from "./changes.ts";
import { type Decision, decideOrders } from "./deciding.ts";
import { toEvent } from "./events.ts";
import { type Deed, follow, pauseOf } from "./following.ts";
import { cancel, confirm, type NextAction, type Order, reject, requireAction } from "./order.ts";
import type { Payment, Product } from "./others.ts";
import { giveBack } from "./paying-back.ts";
import { firstOf, type Outcome, type Result, type Step } from "./saga-rules.ts";
import { endSagas, lookAgain, recordHeld, turnBack } from "./saga-store.ts";
import type { Change } from "./steps.ts";
import { getOrder } from "./store.ts";

export interface CheckoutDeps {
  readonly db: Db;
  readonly product: Product;
  readonly payment: Payment;
  readonly changes: Changes;
  /** Orders whose saga this process has just opened, so that it need not read them. */
  readonly opened: Map<string, Order>;
  /** How long a payment may wait for its person, in milliseconds. */
  readonly personMs: number;
  /** Wakes the relay. */
  wake(): void;
}

/** What a checkout's row carries. */
interface State {
  /** Of the call whose answer is to be kept; absent: it had no idempotency key. */
  readonly requestId?: string;
  /** Since when the payment waits for its person, in milliseconds since 1970. */
  readonly waitingSince?: number;
  /** On the way back: why. */
  readonly outcome?: Outcome;
}

/** One drive, and what it has learnt so far. */
interface Run {
  readonly saga: Saga<State>;
  order: Order;
  paymentId: string;
  nextAction: NextAction | undefined;
}

const SETTLE_MS = 2_000;

export function checkout(deps: CheckoutDeps): Drive<State> {
  const { db, product, payment, changes, opened, personMs, wake } = deps;

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

  async function perform(run: Run, deed: Deed): Promise<Result> {
    const { saga, order } = run;
    const at = new Date();
    switch (deed.do) {
      case "reserve":
        run.order = await reserve(product, saga, order);
        return { is: "done" };
      case "charge":
        Object.assign(run, await charge(payment, saga, order));
        return { is: run.nextAction ? "waits" : "done" };
      case "await": {
        const nextAction = run.nextAction ?? { type: "", url: "", clientSecret: "" };
        const state = { ...saga.state, waitingSince: +at };
        return write(saga, requireAction(order, nextAction, at), "wait", state);
      }
      case "confirm":
        return write(saga, confirm(order, run.paymentId, at), "settle");
      case "close":
        return write(saga, closing(order, deed.outcome, at), null);
      case "look": {
        const seen = await lookAgain(db, saga);
        run.order = { ...order, sequence: seen?.sequence ?? order.sequence };
        return { is: "seen", ours: seen !== undefined, cancel: seen?.cancelRequest };
      }
      case "turn": {
        const state = { ...saga.state, outcome: deed.outcome };
        return { is: (await turnBack(db, saga, state)) ? "done" : "guarded" };
      }
      case "undo":
        await giveBack(deps, saga, "checkout");
        return { is: "done" };
      case "settle":
        await settle(saga);
        return { is: "done" };
      default:
        throw new Error(`a checkout cannot ${deed.do}`);
    }
  }

  async function write(
    { state: was, fence, traceparent }: Saga<State>,
    change: Change,
    nextStep: Decision["nextStep"],
    state: State = was,
  ): Promise<Result> {
    const answer =
      was.requestId === undefined ? undefined : keptOutcome(change.order, was.requestId);
    const event = toEvent(change, traceparent);
    if (!(await decide({ ...change, event, fence, nextStep, state, answer }))) {
      return { is: "guarded" };
    }
    wake();
    changes.tell(change.order);
    return { is: "done" };
  }

  return async (saga) => {
    const { id, state, step } = saga;
    const order = opened.get(id) ?? (await getOrder(db, id, "all"));
    opened.delete(id);
    const run: Run = { saga, order, paymentId: "", nextAction: undefined };
    const { waitingSince = Date.now(), outcome } = state;
    const overdue = Date.now() - waitingSince >= personMs;
    const first = firstOf(
      { kind: "checkout", step: step as Step, outcome },
      { overdue, cancel: order.cancelRequest },
    );
    const rest = await follow(first, (deed) => perform(run, deed));
    if (rest.why === "retry" && step === "forward" && run.order.totals) {
      await recordHeld(db, saga, run.order);
    }
    return pauseOf(rest);
  };
}

function closing(order: Order, outcome: Outcome, at: Date): Change {
  return "rejection" in outcome
    ? reject(order, outcome.rejection, at)
    : cancel(order, outcome.cancel.reason, outcome.cancel.actor, at);
}
