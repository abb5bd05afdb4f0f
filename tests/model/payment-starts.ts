/** Where the payment service goes on with a call, from wherever the payment is. */
import { mayCapture } from "./guards.ts";
import { isOpenPayment, note, statusOf } from "./payment-row.ts";
import { type Handler, type OrderWorld, PAYMENTS } from "./world.ts";

export const WORK = {
  charge: 1,
  undo: 2,
  settle: 3,
  part1: 4,
  part2: 5,
  capture: 6,
  /** A refund that was left pending. */
  recover: 7,
} as const;

export const AT = {
  create: 1,
  store: 2,
  confirm: 3,
  read: 4,
  record: 5,
  cancel: 6,
  pay: 7,
  book: 8,
  rest: 9,
  capture: 10,
  answer: 11,
  close: 12,
} as const;

/** `handler.told` of one that pays back: the wish. */
const REST = 0;

/** Charge, from wherever the payment is. */
export function begin(order: OrderWorld, handler: Handler): void {
  const isDone = !isOpenPayment(order) || order.closed || statusOf(order) === "authorized";
  handler.intent = order.intent;
  handler.at = isDone ? AT.answer : order.intent === 0 ? AT.create : AT.read;
}

/** Refund of the order: no charge may begin any more; what there is of one is taken back. */
export function close(order: OrderWorld, handler: Handler): void {
  if (order.pay === 0) {
    Object.assign(order, { pay: PAYMENTS.indexOf("cancelled"), closed: 1 });
    handler.at = AT.answer;
    return;
  }
  order.closed = 1;
  handler.intent = order.intent;
  const isOpen = isOpenPayment(order);
  handler.at = !isOpen ? AT.rest : order.intent === 0 ? AT.close : AT.cancel;
}

export function payRest(order: OrderWorld, handler: Handler, quantity: number): void {
  const isCharged = statusOf(order) === "succeeded";
  if (isCharged && order.refunded < quantity) {
    order.rest = quantity - order.refunded;
    note(order, REST, order.rest, quantity);
  }
  const pending = isCharged ? order.wishes.indexOf(1) : -1;
  handler.told = Math.max(pending, 0);
  handler.at = pending >= 0 ? AT.pay : AT.answer;
}

export function beginCapture(order: OrderWorld, handler: Handler): void {
  const row = { status: statusOf(order), closed: order.closed === 1, intent: undefined };
  handler.intent = order.intent;
  handler.at = mayCapture({ ...row, amount: 0, refunded: 0 }) ? AT.capture : AT.answer;
}
