/** For tests only: the payment service as it promises to be, in memory. */
import {
  type ChargeRequest,
  Payment_Capture,
  Payment_Status,
  type Payment as PaymentMessage,
} from "#gen/tradepost/payment/v1/payment.ts";
import { Fault } from "#kit/errors.ts";
import type { Payment } from "./others.ts";
import { did, type Played, type PlayedPayment } from "./testing-played.ts";

/** Needs its person, as Stripe's test method of that name. */
export const PM_3DS = "pm_card_authenticationRequired";
export const PM_DECLINED = "pm_card_visa_chargeDeclined";

export function playedPayment(played: Played): Payment {
  const { payments, saved } = played;
  const closed = (): PlayedPayment => ({
    status: "closed",
    amount: 0n,
    currency: "USD",
    refunded: 0n,
    parts: new Set(),
    disputed: false,
  });
  return {
    charge: (request) =>
      did(played, "charge", request.orderId ?? "", () => {
        const { orderId = "" } = request;
        if (request.paymentMethod === PM_DECLINED) {
          throw new Fault("PAYMENT_DECLINED", orderId);
        }
        const payment = payments.get(orderId) ?? opened(request as ChargeRequest);
        if (payment.status === "closed") {
          throw new Fault("WRONG_PAYMENT_STATE", orderId);
        }
        payments.set(orderId, payment);
        return { payment: toMessage(orderId, payment) };
      }),
    refund: ({ orderId = "", part }) =>
      did(played, "refund", orderId, () => {
        const payment = payments.get(orderId) ?? closed();
        payments.set(orderId, payment);
        if (payment.disputed) {
          throw new Fault("WRONG_PAYMENT_STATE", orderId, { metadata: { disputed: "true" } });
        }
        if (part) {
          refundPart(payment, part.key ?? "", BigInt(part.amount?.amount ?? 0));
        } else {
          payment.refunded = payment.status === "succeeded" ? payment.amount : payment.refunded;
          payment.status = payment.status === "succeeded" ? "succeeded" : "closed";
        }
        return { payment: undefined };
      }),
    capture: ({ orderId = "" }) =>
      did(played, "capture", orderId, () => {
        const payment = payments.get(orderId);
        if (payment?.status === "authorized") {
          payment.status = "succeeded";
        }
        if (payment?.status !== "succeeded") {
          throw new Fault("WRONG_PAYMENT_STATE", orderId);
        }
        return { payment: undefined };
      }),
    async getDefaultPaymentMethod({ userId = "" }) {
      return { paymentMethod: saved.get(userId) };
    },
  };
}

function opened({ amount, capture, paymentMethod }: ChargeRequest): PlayedPayment {
  const taken = capture === Payment_Capture.ON_SHIPMENT ? "authorized" : "succeeded";
  return {
    status: paymentMethod === PM_3DS ? "requires_action" : taken,
    amount: BigInt(amount?.amount ?? 0),
    currency: amount?.currencyCode ?? "",
    refunded: 0n,
    parts: new Set(),
    disputed: false,
  };
}

function refundPart(payment: PlayedPayment, key: string, amount: bigint): void {
  if (payment.parts.has(key)) {
    return;
  }
  if (payment.status !== "succeeded" || payment.refunded + amount > payment.amount) {
    throw new Fault("REFUND_EXCEEDS_CHARGE", key);
  }
  payment.parts.add(key);
  payment.refunded += amount;
}

function toMessage(orderId: string, payment: PlayedPayment): PaymentMessage {
  const { currency: currencyCode, amount, refunded, status } = payment;
  const waits = status === "requires_action";
  return {
    id: `pay-${orderId}`,
    orderId,
    userId: "",
    status: {
      requires_action: Payment_Status.REQUIRES_ACTION,
      authorized: Payment_Status.AUTHORIZED,
      succeeded: Payment_Status.SUCCEEDED,
      closed: Payment_Status.CANCELLED,
    }[status],
    amount: { currencyCode, amount },
    refunded: { currencyCode, amount: refunded },
    refunds: [],
    declineCode: "",
    createTime: undefined,
    updateTime: undefined,
    etag: "1",
    capture: Payment_Capture.AUTOMATIC,
    nextAction: waits
      ? { type: "redirect_to_url", url: "https://bank.test/", clientSecret: "pi_secret" }
      : undefined,
    dispute: undefined,
  };
}
