import { Fault, invalidField } from "#kit/errors.ts";
import type { Payment } from "./payment.ts";

interface AskedAmount {
  readonly currencyCode: string;
  readonly amount: bigint;
}

/** How much is to be paid back: what was asked, or all that is left. */
export function refundAmount(payment: Payment, asked: AskedAmount | undefined): bigint {
  const metadata = { paymentId: payment.id };
  if (payment.status !== "succeeded") {
    throw new Fault("WRONG_PAYMENT_STATE", `payment ${payment.id} is not charged`, { metadata });
  }
  if (asked && asked.currencyCode !== payment.currency) {
    throw invalidField("amount.currencyCode", `must be ${payment.currency}`, "refund.currency");
  }
  if (asked && asked.amount <= 0n) {
    throw invalidField("amount.amount", "must be greater than 0", "int64.gt");
  }
  const left = payment.amount - payment.refunded;
  const amount = asked?.amount ?? left;
  if (left === 0n || amount > left) {
    throw new Fault(
      "REFUND_EXCEEDS_CHARGE",
      `${asked ? amount : "a refund"} of payment ${payment.id}: ${left} is left`,
      { metadata: { ...metadata, left: String(left) } },
    );
  }
  return amount;
}
