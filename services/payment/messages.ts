// Payments and refunds as the contract words them.
import {
  Payment_Capture,
  Payment_Status,
  type Payment as PaymentMessage,
  Refund_Status,
} from "#gen/tradepost/payment/v1/payment.ts";
import type { Payment, PaymentStatus, Refund, RefundStatus } from "./payment.ts";

export const paymentStatus = {
  processing: Payment_Status.PROCESSING,
  requires_action: Payment_Status.REQUIRES_ACTION,
  succeeded: Payment_Status.SUCCEEDED,
  failed: Payment_Status.FAILED,
  cancelled: Payment_Status.CANCELLED,
} satisfies Record<PaymentStatus, Payment_Status>;

const refundStatus = {
  pending: Refund_Status.PENDING,
  succeeded: Refund_Status.SUCCEEDED,
  failed: Refund_Status.FAILED,
} satisfies Record<RefundStatus, Refund_Status>;

export function paymentMessage(payment: Payment, refunds: readonly Refund[]): PaymentMessage {
  const { currency: currencyCode } = payment;
  return {
    id: payment.id,
    orderId: payment.orderId,
    userId: payment.userId,
    status: paymentStatus[payment.status],
    amount: { currencyCode, amount: payment.amount },
    refunded: { currencyCode, amount: payment.refunded },
    refunds: refunds.map(({ id, amount, status, reason, createTime }) => ({
      id,
      amount: { currencyCode, amount },
      status: refundStatus[status],
      reason,
      createTime,
    })),
    declineCode: payment.declineCode,
    createTime: payment.createTime,
    updateTime: payment.updateTime,
    etag: String(payment.version),
    capture: Payment_Capture.AUTOMATIC,
    nextAction: undefined,
    dispute: undefined,
  };
}
