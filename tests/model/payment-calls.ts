/** Calls that reach the payment service, for the first time or again. */
import { copyOf } from "./codec.ts";
import { hearStripe } from "./payment.ts";
import { answered } from "./payment-answers.ts";
import { note, statusOf } from "./payment-row.ts";
import { AT, begin, beginCapture, close, WORK } from "./payment-starts.ts";
import { CALL, handlerAt, type Scene } from "./steps.ts";
import { INTENT, paid } from "./stripe.ts";
import { type Handler, type OrderWorld, PAYMENTS } from "./world.ts";

export function servePayment(scene: Scene): void {
  person(scene);
  const { order } = scene;
  const index = order.handlers.findIndex(({ work }) => work === 0);
  if (index < 0) {
    return;
  }
  hearStripe(scene, index);
  const { quantity } = scene.setup;
  arrive(scene, index, "charge", CALL.charge, WORK.charge, (order, handler) => {
    if (order.pay === 0) {
      order.pay = PAYMENTS.indexOf("processing");
    }
    begin(order, handler);
  });
  arrive(scene, index, "refund", CALL.refund, WORK.undo, close);
  arrive(scene, index, "capture", CALL.capture, WORK.capture, beginCapture);
  for (const wish of [1, 2] as const) {
    const bit = wish === 1 ? CALL.part1 : CALL.part2;
    const work = wish === 1 ? WORK.part1 : WORK.part2;
    if (order.calls & bit && order.wishes[wish] === 0) {
      const copy = copyOf(order);
      const fault = note(copy, wish, 1, quantity);
      if (fault) {
        const listening = { deeds: ["takeBack"], saga: wish + 2, said: fault };
        answered(scene, listening, (order) => clear(scene, order, bit));
        continue;
      }
    }
    arrive(scene, index, `refund of return ${wish}`, bit, work, (order, handler) => {
      if (order.wishes[wish] === 0) {
        note(order, wish, 1, quantity);
      }
      handler.told = wish;
      handler.at = order.wishes[wish] === 1 ? AT.pay : AT.answer;
    });
  }
}

function arrive(
  scene: Scene,
  index: number,
  name: string,
  bit: number,
  work: number,
  start: (order: OrderWorld, handler: Handler) => void,
): void {
  const { order, step } = scene;
  // The same process joins calls for the same; the other replica makes it two.
  const same = order.handlers.filter((handler) => handler.work === work).length;
  if (order.calls & bit && same < 2) {
    step(`payment: ${name} arrives`, (order) => {
      clear(scene, order, bit);
      const handler = handlerAt(order, index);
      handler.work = work;
      start(order, handler);
    });
  }
}

function clear({ setup }: Scene, order: OrderWorld, bit: number): void {
  if (!setup.can.has("late")) {
    order.calls &= ~bit;
  }
}

/** 3-D Secure: its person may do it at any time, or fail, or never come back. */
function person({ setup, order, step }: Scene): void {
  order.intents.forEach((state, index) => {
    if (state === INTENT.needsPerson) {
      step(`person: completes intent ${index + 1}`, (order) => {
        order.intents[index] = paid(setup);
      });
      step(`person: fails at intent ${index + 1}`, (order) => {
        order.intents[index] = INTENT.declined;
      });
    }
  });
  const isCharged = statusOf(order) === "succeeded" && order.pay > 0;
  if (setup.can.has("refundByHand") && isCharged && order.wishes[3] === 0) {
    if (!note(copyOf(order), 3, 1, setup.quantity)) {
      step("support: refunds a unit by hand", (order) => void note(order, 3, 1, setup.quantity));
    }
  }
}
