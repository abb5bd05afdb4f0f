/** What must be true: in each state, of each step, and where nothing is left to be done. */
import { TRANSITIONS as ORDER_TABLE } from "../../services/order/transitions.ts";
import { TRANSITIONS as PAYMENT_TABLE } from "../../services/payment/payment.ts";
import { isOpenPayment } from "./payment-row.ts";
import { INTENT } from "./stripe.ts";
import { type OrderWorld, PAYMENTS, type Setup, STATUSES, type World } from "./world.ts";

/** What is wrong with a state; undefined: nothing. */
export function wrongState(world: World, setup: Setup): string | undefined {
  const { available, reserved, sold, orders } = world;
  if (available < 0 || reserved < 0 || sold < 0) {
    return "stock is below nothing";
  }
  if (available + reserved + sold !== setup.units) {
    return "stock does not add up";
  }
  const held = orders.filter(({ reservation }) => reservation === 1).length * setup.quantity;
  if (held !== reserved) {
    return "what is reserved is not what reservations hold";
  }
  for (const order of orders) {
    const wrong = wrongOrder(order, setup);
    if (wrong) {
      return wrong;
    }
  }
  return undefined;
}

/** At Stripe. */
function capturedOf({ intents }: OrderWorld): number {
  return intents.filter((state) => state === INTENT.succeeded).length;
}

/** At Stripe, in units. */
function refundedOf({ paidBack, rest }: OrderWorld): number {
  const parts = [2, 4, 8].filter((bit) => paidBack & bit).length;
  return parts + (paidBack & 1 ? rest : 0);
}

/** Of an order that is not cancelled: for what came back, and by hand. */
function dueBack({ returned, wishes }: OrderWorld, quantity: number): number {
  return Math.min(quantity, returned + (wishes[3] ? 1 : 0));
}

const PAID = new Set(["CONFIRMED", "SHIPPED", "DELIVERED", "RETURNED"]);

function wrongOrder(order: OrderWorld, { quantity, can }: Setup): string | undefined {
  const status = STATUSES[order.status] ?? "";
  const charges = capturedOf(order);
  if (charges > 1 || order.booked > 1) {
    return "an order is charged twice";
  }
  if (refundedOf(order) > charges * quantity || order.refunded > quantity) {
    return "more is refunded than was charged";
  }
  if (PAID.has(status)) {
    const isSetAside = status === "CONFIRMED" && can.has("onShipment");
    const hasMoney = charges === 1 || (isSetAside && order.intents.includes(INTENT.authorized));
    if (!hasMoney) {
      return `an order is ${status} without its money`;
    }
    if (refundedOf(order) > dueBack(order, quantity)) {
      return `an order is ${status} and its money is paid back`;
    }
    if (order.reservation !== 1 && order.reservation !== 2) {
      return `an order is ${status} without its stock`;
    }
  }
  return undefined;
}

/** What is wrong with a step from one state to another. */
export function wrongStep(before: World, after: World): string | undefined {
  for (const [index, was] of before.orders.entries()) {
    const now = after.orders[index] as OrderWorld;
    const [from, to] = [STATUSES[was.status], STATUSES[now.status]];
    const steps = ORDER_TABLE.filter((row) => row.from === from && row.to === to);
    if (from !== to && (steps.length === 0 || now.seq !== was.seq + 1)) {
      return `an order goes from ${from} to ${to}`;
    }
    const [paid, pays] = [PAYMENTS[was.pay], PAYMENTS[now.pay]];
    if (paid !== pays && paid && !(pays && PAYMENT_TABLE[paid].includes(pays))) {
      return `a payment goes from ${paid} to ${pays}`;
    }
    if (now.rows.some((row, saga) => row && was.rows[saga] && !isLater(was, now, saga))) {
      return "a fence goes back";
    }
    if (was.closed && !now.closed) {
      return "a closed payment opens";
    }
    if (was.reservation === 3 && now.reservation !== 3) {
      return "a closed reservation opens";
    }
  }
  return undefined;
}

function isLater(was: OrderWorld, now: OrderWorld, saga: number): boolean {
  return (now.fences[saga] ?? 0) >= (was.fences[saga] ?? 0);
}

/** Whether nobody has anything left to do: what comes now, comes late. */
export function isAtRest({ orders }: World): boolean {
  return orders.every(
    (order) =>
      order.rows.every((step) => step === 0) &&
      order.drivers.every(({ saga }) => saga === 0) &&
      order.handlers.every(({ work }) => work === 0) &&
      !order.wishes.includes(1) &&
      !isBehind(order) &&
      order.verdict === 0 &&
      order.clerk === 0,
  );
}

/** Whether Stripe knows more of a payment than its row: a webhook or the recovery will tell. */
function isBehind(order: OrderWorld): boolean {
  const state = order.intents[order.intent - 1] ?? 0;
  return order.intent > 0 && isOpenPayment(order) && FOLLOWS[state] !== PAYMENTS[order.pay];
}

/** The row's status once it follows an intent that has not ended. */
const FOLLOWS: Readonly<Record<number, string>> = {
  [INTENT.untried]: "processing",
  [INTENT.needsPerson]: "requires_action",
  [INTENT.authorized]: "authorized",
};

/** What is wrong with a state in which nothing is left to be done. */
export function wrongAtRest(world: World, setup: Setup): string | undefined {
  for (const order of world.orders) {
    const wrong = wrongEnd(order, setup);
    if (wrong) {
      return `at rest: ${wrong}`;
    }
  }
  return undefined;
}

function wrongEnd(order: OrderWorld, { quantity, can }: Setup): string | undefined {
  const status = STATUSES[order.status] ?? "";
  const isCharged = capturedOf(order) === 1;
  const back = refundedOf(order);
  if (isCharged !== (order.booked === 1) || back !== order.refunded) {
    return "the books differ from Stripe's";
  }
  if (status === "REJECTED" || status === "CANCELLED") {
    const isSetAside = order.intents[order.intent - 1] === INTENT.authorized;
    const isFree = isCharged ? back === quantity : !isSetAside;
    return isFree && order.reservation === 3 ? undefined : `a ${status} order keeps something`;
  }
  if (!PAID.has(status)) {
    return `an order is left ${status}`;
  }
  const isPaid = isCharged || (status === "CONFIRMED" && can.has("onShipment"));
  if (!isPaid || order.reservation !== 2) {
    return `a ${status} order is not charged once and its stock sold`;
  }
  const shelved = (order.shelved & 1) + (order.shelved >> 1);
  const isSettled = shelved === order.returned && back === dueBack(order, quantity);
  return isSettled ? undefined : "what came back and what was refunded differ";
}
