/** What a driver does next, by the order service's own rules, and the calls that it sends. */
import type { Action, Outcome, Rest, Result } from "../../services/order/saga-rules.ts";
import { next } from "../../services/order/saga-rules.ts";
import { breaks } from "./breaks.ts";
import { isOurs } from "./guards.ts";
import { CALL, numbered, RETURN_CALL } from "./steps.ts";
import { type Driver, idle, type OrderWorld, STEPS } from "./world.ts";

export type Deed = Exclude<Action, Rest>;

const actions = numbered<Deed>();
export const outcomes = numbered<Outcome>();

const LOST = { is: "unknown", error: "lost" } as const satisfies Result;

/** What a driver does now; undefined: nothing. */
export function deedOf(driver: Driver): Deed | undefined {
  return driver.saga === 0 ? undefined : actions.at(driver.action);
}

/** What a driver makes of a call that it hears nothing of. */
export function afterSilence(order: OrderWorld, driver: Driver, deed: Deed): Action {
  if (breaks("unknown-is-refusal") && (deed.do === "reserve" || deed.do === "charge")) {
    const rejection = { reason: "UNKNOWN", detail: "", metadata: {} };
    return { do: "close", outcome: { rejection } };
  }
  if (breaks("undo-is-dropped") && deed.do === "undo") {
    return next(deed, { is: "done" });
  }
  void order;
  // The money's refusal is known, whatever became of the goods.
  return next(deed, driver.got & 4 ? refusedMoney : LOST);
}

const refusedMoney: Result = {
  is: "refused",
  rejection: { reason: "REFUND_EXCEEDS_CHARGE", detail: "", metadata: {} },
};

/** `order.saga.end`. */
export function end(order: OrderWorld, driver: Driver, fence: number): void {
  if (
    order.rows[driver.saga - 1] !== 0 &&
    isOurs({ fence: order.fences[driver.saga - 1] }, fence)
  ) {
    order.rows[driver.saga - 1] = 0;
    order.why = driver.saga === 1 ? 0 : order.why;
  }
}

/** Goes on to an action: sends its calls, or lets go. */
export function go(order: OrderWorld, driver: Driver, action: Action): void {
  driver.got = 0;
  if (action.do === "rest") {
    const saga = driver.saga - 1;
    if (action.why === "pause" && order.rows[saga] !== 0 && order.fences[saga] === driver.fence) {
      order.rows[saga] = STEPS.indexOf(action.step);
    }
    idle(driver);
  } else {
    driver.action = actions.of(action);
    send(order, driver.saga, action);
  }
  if (order.rows[0] === 0) {
    order.why = 0;
  }
}

function send(order: OrderWorld, saga: number, { do: what }: Deed): void {
  const isFirst = saga === 3;
  const back = isFirst ? RETURN_CALL.back1 : RETURN_CALL.back2;
  const sent: Partial<Record<Deed["do"], readonly [number, number]>> = {
    reserve: [CALL.reserve, 0],
    charge: [CALL.charge, 0],
    undo: [CALL.refund | CALL.release, 0],
    settle: [CALL.commit, 0],
    takeBack: [isFirst ? CALL.part1 : CALL.part2, back],
    takeBackRest: [CALL.refund, back],
  };
  const [calls, returnCalls] = sent[what] ?? [0, 0];
  order.calls |= calls;
  order.returnCalls |= returnCalls;
}

/** A driver has heard how a call ended; one that makes two at once goes on when both are known. */
export function hear(order: OrderWorld, driver: Driver, bit: number, result: Result): void {
  const deed = deedOf(driver) as Deed;
  if (result.is === "unknown") {
    go(order, driver, afterSilence(order, driver, deed));
    return;
  }
  const isDouble = deed.do === "undo" || deed.do === "takeBack" || deed.do === "takeBackRest";
  if (isDouble) {
    driver.got |= result.is === "refused" ? 5 : bit;
    if ((driver.got & 3) !== 3) {
      return;
    }
    go(order, driver, next(deed, driver.got & 4 ? refusedMoney : { is: "done" }));
    return;
  }
  if (deed.do === "settle") {
    end(order, driver, driver.fence);
  }
  go(order, driver, next(deed, result));
}
