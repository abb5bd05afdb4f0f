/** The payment service's row of an order, as its own rules and statements see it. */
import { Fault } from "#kit/errors.ts";
import { nextStep } from "../../services/payment/intent.ts";
import {
  captured,
  charged,
  isOpen,
  type Payment,
  type PaymentStatus,
} from "../../services/payment/payment.ts";
import { refundAmount } from "../../services/payment/refund-rule.ts";
import { breaks } from "./breaks.ts";
import { mayEnd, mayHold, mayRefund, type PaymentGuarded } from "./guards.ts";
import { remembered } from "./steps.ts";
import { stateOf } from "./stripe.ts";
import { type Handler, type OrderWorld, PAYMENTS } from "./world.ts";

export function statusOf(order: OrderWorld): PaymentStatus {
  return PAYMENTS[order.pay] ?? "cancelled";
}

export function isOpenPayment(order: OrderWorld): boolean {
  return order.pay > 0 && isOpen(statusOf(order));
}

function guarded(order: OrderWorld, amount: number): PaymentGuarded {
  const intent = order.intent === 0 ? undefined : `pi_${order.intent}`;
  const { refunded } = order;
  return { status: statusOf(order), closed: order.closed === 1, intent, amount, refunded };
}

/** Records what Stripe said of the intent that a call looked at. "cancel": that comes first. */
export function record(
  order: OrderWorld,
  { intent, told }: Handler,
  told_: string[],
): "recorded" | "cancel" | "unknown" {
  const step = nextStep(stateOf(told));
  if (!step) {
    return "unknown";
  }
  if ("cancel" in step) {
    return "cancel";
  }
  if ("hold" in step) {
    if (mayHold(guarded(order, 0), step.hold.status, `pi_${intent}`)) {
      order.pay = PAYMENTS.indexOf(step.hold.status);
    }
    return "recorded";
  }
  finish(order, intent, step.end.status, told_);
  return "recorded";
}

export function finish(
  order: OrderWorld,
  intent: number,
  status: "succeeded" | "failed" | "cancelled",
  told: string[],
): void {
  const row = guarded(order, 0);
  const isRewritten = breaks("end-is-rewritten") && order.pay > 0;
  if (isRewritten || mayEnd(row, intent === 0 ? undefined : `pi_${intent}`)) {
    order.pay = PAYMENTS.indexOf(status);
    order.booked += status === "succeeded" ? 1 : 0;
    if (status !== "cancelled") {
      told.push(`payment ${status}`);
    }
  }
}

/** Notes a refund of `amount`, or answers why not. */
export function note(
  order: OrderWorld,
  wish: number,
  amount: number,
  quantity: number,
): Fault | undefined {
  if (!breaks("refund-without-cap")) {
    const key = ((order.pay * 8 + order.refunded) * 8 + amount) * 8 + quantity;
    const fault = refusals(key, () => refusalOf(order, amount, quantity));
    if (fault) {
      return fault;
    }
    if (!mayRefund(guarded(order, quantity), amount)) {
      throw new Error("the rule and the statement differ");
    }
  }
  order.wishes[wish] = 1;
  order.refunded += amount;
  return undefined;
}

const refusals = remembered<Fault | undefined>();

function refusalOf(order: OrderWorld, amount: number, quantity: number): Fault | undefined {
  try {
    refundAmount(rowOf(order, quantity), { currencyCode: "USD", amount: BigInt(amount) });
    return undefined;
  } catch (fault) {
    if (fault instanceof Fault) {
      return fault;
    }
    throw fault;
  }
}

/** What Charge or Capture answers. */
export function answerOf(order: OrderWorld, call: "charge" | "capture", quantity: number): Said {
  const key = (order.pay * 2 + order.closed) * 2 + (call === "charge" ? 1 : 0);
  return answers(key, () => ask(order, call, quantity));
}

type Said = Fault | "done" | "waits" | undefined;

const answers = remembered<Said>();

function ask(order: OrderWorld, call: "charge" | "capture", quantity: number): Said {
  try {
    const payment = (call === "charge" ? charged : captured)(rowOf(order, quantity));
    return payment.status === "requires_action" ? "waits" : "done";
  } catch (error) {
    return error instanceof Fault ? error : undefined;
  }
}

const AT = new Date(0);

function rowOf(order: OrderWorld, quantity: number): Payment {
  return {
    id: "payment",
    orderId: "order",
    userId: "buyer",
    status: statusOf(order),
    closed: order.closed === 1,
    currency: "USD",
    amount: BigInt(quantity),
    refunded: BigInt(order.refunded),
    paymentMethod: "card",
    customerId: undefined,
    capture: "automatic",
    nextAction: undefined,
    shares: [],
    sharesLeft: [],
    intentId: order.intent === 0 ? undefined : `pi_${order.intent}`,
    declineCode: "",
    dispute: undefined,
    sequence: 0n,
    version: 0n,
    createTime: AT,
    updateTime: AT,
  };
}
