import { Fault } from "#kit/errors.ts";

export type PaymentStatus =
  | "processing"
  | "requires_action"
  | "authorized"
  | "succeeded"
  | "failed"
  | "cancelled";

/** What may follow what. A status only ever goes forward. */
export const TRANSITIONS: Readonly<Record<PaymentStatus, readonly PaymentStatus[]>> = {
  processing: ["requires_action", "authorized", "succeeded", "failed", "cancelled"],
  requires_action: ["authorized", "succeeded", "failed", "cancelled"],
  authorized: ["succeeded", "failed", "cancelled"],
  succeeded: [],
  failed: [],
  cancelled: [],
};

export function isOpen(status: PaymentStatus): boolean {
  return TRANSITIONS[status].length > 0;
}

/** A part of a charge; the shop's own has no merchant. In minor units. */
export interface Share {
  readonly merchantId: string;
  readonly amount: bigint;
}

/** When the money is taken: with the charge, or later by Capture. */
export type CaptureMode = "automatic" | "on_shipment";

/** What its person has to do before a payment, or a payment method's setup, can go on. */
export interface NextAction {
  /** Stripe's name for it. */
  readonly type: string;
  /** "" where only Stripe.js knows the way. */
  readonly url: string;
  readonly clientSecret: string;
}

/** A charge that the buyer's bank takes back. While it is open no money of it moves. */
export interface Dispute {
  /** Stripe's. */
  readonly id: string;
  readonly status: DisputeStatus;
  readonly amount: bigint;
  /** In Stripe's words. */
  readonly reason: string;
}

export type DisputeStatus = "open" | "won" | "lost";

export interface Payment {
  readonly id: string;
  readonly orderId: string;
  readonly userId: string;
  readonly status: PaymentStatus;
  /** A Refund of the order came: no charge may begin any more. */
  readonly closed: boolean;
  /** "" in a row that stands for an order that was never charged. */
  readonly currency: string;
  readonly amount: bigint;
  /** Succeeded or under way, and what a lost dispute gave back. */
  readonly refunded: bigint;
  readonly paymentMethod: string;
  /** Stripe's, for a saved payment method; "": it is saved, and is not this buyer's to use. */
  readonly customerId: string | undefined;
  readonly capture: CaptureMode;
  /** Present while the payment waits for its person. */
  readonly nextAction: NextAction | undefined;
  readonly shares: readonly Share[];
  /** The shares less what was paid back of them. */
  readonly sharesLeft: readonly Share[];
  readonly intentId: string | undefined;
  readonly declineCode: string;
  /** The open one, or else the newest. */
  readonly dispute: Dispute | undefined;
  readonly sequence: bigint;
  readonly version: bigint;
  readonly createTime: Date;
  readonly updateTime: Date;
}

export type RefundStatus = "pending" | "succeeded" | "failed";

export interface Refund {
  readonly id: string;
  readonly paymentId: string;
  /** Names the wish: the same one never makes a second refund. */
  readonly key: string;
  readonly amount: bigint;
  readonly status: RefundStatus;
  readonly reason: string;
  readonly stripeRefundId: string | undefined;
  /** How it divides, if that was said. */
  readonly shares: readonly Share[] | undefined;
  readonly createTime: Date;
}

/** Whether there ever was something to charge. */
export function wasAsked(payment: Payment): boolean {
  return payment.currency !== "";
}

/** What Charge answers for a payment that is as it will stay; throws if that is a refusal. */
export function charged(payment: Payment): Payment {
  if (payment.closed) {
    throw new Fault("WRONG_PAYMENT_STATE", `the charge of order ${payment.orderId} was undone`, {
      metadata: { orderId: payment.orderId, paymentId: payment.id },
    });
  }
  switch (payment.status) {
    case "requires_action":
    case "authorized":
    case "succeeded":
      return payment;
    case "failed":
      throw declined(payment);
    case "cancelled":
      throw new Fault("WRONG_PAYMENT_STATE", `payment ${payment.id} was cancelled`, {
        metadata: { orderId: payment.orderId, paymentId: payment.id },
      });
    default:
      throw new Error(`payment ${payment.id} is still ${payment.status}`);
  }
}

/** What Capture answers for a payment that is as it will stay; throws if that is a refusal. */
export function captured(payment: Payment): Payment {
  const isOver = payment.status === "failed" || payment.status === "cancelled";
  if (isOver && !payment.closed) {
    throw declined(payment);
  }
  if (payment.status !== "succeeded" || payment.closed) {
    throw new Fault("WRONG_PAYMENT_STATE", `payment ${payment.id} is not to be captured`, {
      metadata: { orderId: payment.orderId, paymentId: payment.id },
    });
  }
  return payment;
}

function declined({ id, declineCode }: Payment): Fault {
  return new Fault("PAYMENT_DECLINED", `the payment was declined: ${declineCode}`, {
    metadata: { declineCode, paymentId: id },
  });
}

/** A saga that asks again asks for the same; another amount is another driver's mistake. */
export function sameCharge(payment: Payment, currency: string, amount: bigint): void {
  if (wasAsked(payment) && (payment.amount !== amount || payment.currency !== currency)) {
    throw new Fault(
      "WRONG_PAYMENT_STATE",
      `order ${payment.orderId} is charged ${payment.amount} ${payment.currency} already`,
      { metadata: { orderId: payment.orderId, paymentId: payment.id } },
    );
  }
}
