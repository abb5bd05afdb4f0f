/** The payment service: calls and webhooks that it works on, one atomic step at a time. */
import { nextStep } from "../../services/payment/intent.ts";
import { breaks } from "./breaks.ts";
import { mayStoreIntent } from "./guards.ts";
import { answered, type Listening } from "./payment-answers.ts";
import { answerOf, finish, isOpenPayment, record, statusOf } from "./payment-row.ts";
import { AT, begin, payRest, WORK } from "./payment-starts.ts";
import { handlerAt, type Scene } from "./steps.ts";
import { cancelledFrom, confirmed, INTENT, stateOf } from "./stripe.ts";
import { done, type Handler, type OrderWorld } from "./world.ts";

/** What each handler may do next. */
export function workOn(scene: Scene, index: number): void {
  const { setup, order, step } = scene;
  const handler = handlerAt(order, index);
  if (handler.work === 0) {
    return;
  }
  if (setup.can.has("crash")) {
    step("payment: a call is lost half done", (order) => done(handlerAt(order, index)));
  }
  if (handler.at === AT.create) {
    create(scene, index);
  } else if (handler.at === AT.confirm) {
    for (const state of confirmed(order.intents[handler.intent - 1] ?? 0, setup)) {
      step(`stripe: confirms intent ${handler.intent}: ${stateOf(state).kind}`, (order) => {
        order.intents[handler.intent - 1] = state;
        Object.assign(handlerAt(order, index), { told: state, at: AT.record });
      });
    }
  } else if (handler.at === AT.answer) {
    answered(scene, listening(order, handler, setup.quantity), (order) =>
      done(handlerAt(order, index)),
    );
  } else {
    step(`payment: ${nameOf(handler)}`, (order, world) =>
      proceed(order, handlerAt(order, index), world.told, setup.quantity),
    );
  }
}

function nameOf({ work, at }: Handler): string {
  const name = (names: object, value: number) =>
    Object.entries(names).find(([, number]) => number === value)?.[0] ?? "";
  return `${name(WORK, work)} does ${name(AT, at)}`;
}

/** One with a known key is the same intent; a key that Stripe forgot makes another. */
function create({ setup, order, step }: Scene, index: number): void {
  const [first = 0, second = 0] = order.intents;
  const made = first === 0 ? [1] : setup.can.has("twoIntents") ? [1, 2] : [1];
  for (const intent of made) {
    step(`stripe: makes intent ${intent}`, (order) => {
      if ((intent === 1 ? first : second) === 0) {
        order.intents[intent - 1] = INTENT.untried;
      }
      Object.assign(handlerAt(order, index), { intent, at: AT.store });
    });
  }
}

function proceed(order: OrderWorld, handler: Handler, told: string[], quantity: number): void {
  const { intent, work } = handler;
  switch (handler.at) {
    case AT.store: {
      const closed = order.closed === 1;
      const known = order.intent === 0 ? undefined : `pi_${order.intent}`;
      const row = { status: statusOf(order), closed, intent: known, amount: 0, refunded: 0 };
      if (mayStoreIntent(row)) {
        order.intent = intent;
        handler.at = AT.confirm;
      } else if (breaks("confirm-unstored")) {
        handler.at = AT.confirm;
      } else {
        begin(order, handler);
      }
      break;
    }
    case AT.read:
      handler.told = order.intents[intent - 1] ?? 0;
      if (handler.told === INTENT.untried) {
        handler.at = work === WORK.charge ? AT.confirm : AT.answer;
      } else {
        handler.at = AT.record;
      }
      break;
    case AT.record: {
      const end = record(order, handler, told);
      handler.at = end === "cancel" ? AT.cancel : work === WORK.undo ? AT.rest : AT.answer;
      if (end === "unknown") {
        done(handler);
      }
      break;
    }
    case AT.cancel:
      handler.told = cancelledFrom(order.intents[intent - 1] ?? 0);
      order.intents[intent - 1] = handler.told;
      handler.at = AT.record;
      break;
    case AT.close:
      finish(order, 0, "cancelled", told);
      // Its intent was noted just before the order was closed.
      Object.assign(handler, {
        intent: order.intent,
        at: isOpenPayment(order) ? AT.cancel : AT.rest,
      });
      break;
    case AT.rest:
      payRest(order, handler, quantity);
      break;
    case AT.pay:
      order.paidBack |= 1 << handler.told;
      handler.at = AT.book;
      break;
    case AT.book:
      if (order.wishes[handler.told] === 1) {
        order.wishes[handler.told] = 2;
        told.push("payment refunded");
      }
      handler.at = work === WORK.undo ? AT.rest : AT.answer;
      break;
    case AT.capture:
      if (order.intents[intent - 1] === INTENT.authorized) {
        order.intents[intent - 1] = INTENT.succeeded;
      }
      handler.at = AT.read;
  }
}

/** Whom a handler answers, and what. */
function listening(order: OrderWorld, { work }: Handler, quantity: number): Listening {
  switch (work) {
    case WORK.charge:
      return { deeds: ["charge"], saga: undefined, said: answerOf(order, "charge", quantity) };
    case WORK.undo: {
      const isUndone = !isOpenPayment(order) && statusOf(order) !== "succeeded";
      const said = isUndone || order.refunded >= quantity ? "done" : undefined;
      return { deeds: ["undo", "takeBackRest"], saga: undefined, said };
    }
    case WORK.part1:
    case WORK.part2:
      return { deeds: ["takeBack"], saga: work - WORK.part1 + 3, said: "done" };
    case WORK.capture:
      return { deeds: ["capture"], saga: undefined, said: answerOf(order, "capture", quantity) };
    default:
      return { deeds: [], saga: undefined, said: undefined };
  }
}

/** Stripe tells, or the recovery looks: the intent's state is only a reason to ask. */
export function hearStripe({ order, step }: Scene, index: number): void {
  const state = order.intents[order.intent - 1] ?? 0;
  const isAtIt = order.handlers.some(({ work }) => work === WORK.settle);
  if (order.intent > 0 && isOpenPayment(order) && nextStep(stateOf(state)) && !isAtIt) {
    step("stripe: a webhook comes", (order) =>
      Object.assign(handlerAt(order, index), {
        work: WORK.settle,
        at: AT.read,
        intent: order.intent,
      }),
    );
  }
  order.wishes.forEach((wish, number) => {
    const isPaying = order.handlers.some(
      ({ at, told }) => (at === AT.pay || at === AT.book) && told === number,
    );
    if (wish === 1 && !isPaying) {
      step(`payment: finds refund ${number} pending`, (order) =>
        Object.assign(handlerAt(order, index), { work: WORK.recover, at: AT.pay, told: number }),
      );
    }
  });
}
