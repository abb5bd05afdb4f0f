// Payments and refunds as the contract words them.
import {
  Dispute_Status,
  type Dispute as DisputeMessage,
  Payment_Capture,
  Payment_Status,
  type Payment as PaymentMessage,
  Refund_Status,
} from "#gen/tradepost/payment/v1/payment.ts";
import type {
  CaptureMode,
  Dispute,
  DisputeStatus,
  Payment,
  PaymentStatus,
  Refund,
  RefundStatus,
} from "./payment.ts";

export const paymentStatus = {
  processing: Payment_Status.PROCESSING,
  requires_action: Payment_Status.REQUIRES_ACTION,
  authorized: Payment_Status.AUTHORIZED,
  succeeded: Payment_Status.SUCCEEDED,
  failed: Payment_Status.FAILED,
  cancelled: Payment_Status.CANCELLED,
} satisfies Record<PaymentStatus, Payment_Status>;

const captureMode = {
  automatic: Payment_Capture.AUTOMATIC,
  on_shipment: Payment_Capture.ON_SHIPMENT,
} satisfies Record<CaptureMode, Payment_Capture>;

const refundStatus = {
  pending: Refund_Status.PENDING,
  succeeded: Refund_Status.SUCCEEDED,
  failed: Refund_Status.FAILED,
} satisfies Record<RefundStatus, Refund_Status>;

const disputeStatus = {
  open: Dispute_Status.OPEN,
  won: Dispute_Status.WON,
  lost: Dispute_Status.LOST,
} satisfies Record<DisputeStatus, Dispute_Status>;

export function disputeMessage(
  { id, status, amount, reason }: Dispute,
  currencyCode: string,
): DisputeMessage {
  return { id, status: disputeStatus[status], amount: { currencyCode, amount }, reason };
}

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
    capture: captureMode[payment.capture],
    nextAction: payment.nextAction,
    dispute: payment.dispute && disputeMessage(payment.dispute, currencyCode),
  };
}
