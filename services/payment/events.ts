// What topic `payments` hears.
import { PaymentEvent } from "#gen/tradepost/payment/v1/events.ts";
import type { MerchantShare } from "#gen/tradepost/payment/v1/payment.ts";
import { jsonCodec } from "#kit/json.ts";
import type { OutgoingEvent } from "#kit/outbox.ts";
import { uuidv7 } from "#kit/uuid.ts";
import type { Outcome } from "./intent.ts";
import { paymentStatus } from "./messages.ts";
import type { Payment, Refund, Share } from "./payment.ts";

const codec = jsonCodec(PaymentEvent);

/** How the charge ended; nothing for one that ended before anything was tried. */
export function endedEvent(
  payment: Payment,
  { status, declineCode }: Outcome,
  told: { readonly time: Date; readonly traceparent: string },
): OutgoingEvent | undefined {
  // It is the first thing that happens to a payment, so its number is known.
  const after = { ...payment, status, sequence: 1n };
  switch (status) {
    case "succeeded": {
      const shares = sharesMessage(payment.shares, payment.currency);
      return outgoing("PaymentSucceeded", after, { $case: "succeeded", value: { shares } }, told);
    }
    case "failed":
      return outgoing("PaymentFailed", after, { $case: "failed", value: { declineCode } }, told);
    case "cancelled":
      return undefined;
  }
}

/** `payment` as it is with the refund booked. */
export function refundedEvent(
  payment: Payment,
  refund: Refund,
  parts: readonly Share[],
  told: { readonly time: Date; readonly traceparent: string },
): OutgoingEvent {
  const value = {
    refundId: refund.id,
    amount: { currencyCode: payment.currency, amount: refund.amount },
    shares: sharesMessage(parts, payment.currency),
  };
  return outgoing("PaymentRefunded", payment, { $case: "refundedPart", value }, told);
}

export function outgoing(
  name: string,
  payment: Payment,
  fact: PaymentEvent["fact"],
  { time, traceparent }: { readonly time: Date; readonly traceparent: string },
): OutgoingEvent {
  const { currency: currencyCode } = payment;
  const payload = codec.encode({
    paymentId: payment.id,
    orderId: payment.orderId,
    userId: payment.userId,
    status: paymentStatus[payment.status],
    sequence: payment.sequence,
    amount: { currencyCode, amount: payment.amount },
    refunded: { currencyCode, amount: payment.refunded },
    fact,
  });
  const type = `tradepost.payment.v1.${name}`;
  return { id: uuidv7(), topic: "payments", key: payment.id, type, payload, time, traceparent };
}

function sharesMessage(shares: readonly Share[], currencyCode: string): MerchantShare[] {
  return shares.map(({ merchantId, amount }) => ({ merchantId, amount: { currencyCode, amount } }));
}
