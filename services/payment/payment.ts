import { Fault } from "#kit/errors.ts";

export type PaymentStatus = "processing" | "requires_action" | "succeeded" | "failed" | "cancelled";

/** What may follow what. A status only ever goes forward. */
export const TRANSITIONS: Readonly<Record<PaymentStatus, readonly PaymentStatus[]>> = {
  processing: ["requires_action", "succeeded", "failed", "cancelled"],
  requires_action: ["succeeded", "failed", "cancelled"],
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
  /** Succeeded or under way. */
  readonly refunded: bigint;
  readonly paymentMethod: string;
  readonly shares: readonly Share[];
  /** The shares less what was paid back of them. */
  readonly sharesLeft: readonly Share[];
  readonly intentId: string | undefined;
  readonly declineCode: string;
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
    case "succeeded":
      return payment;
    case "failed":
      throw new Fault("PAYMENT_DECLINED", `the payment was declined: ${payment.declineCode}`, {
        metadata: { declineCode: payment.declineCode, paymentId: payment.id },
      });
    case "cancelled":
      throw new Fault("WRONG_PAYMENT_STATE", `payment ${payment.id} was cancelled`, {
        metadata: { orderId: payment.orderId, paymentId: payment.id },
      });
    default:
      throw new Error(`payment ${payment.id} is still ${payment.status}`);
  }
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
