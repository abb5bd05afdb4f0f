import { Fault, invalidField } from "#kit/errors.ts";
import type { Payment, Refund } from "./payment.ts";

interface AskedAmount {
  readonly currencyCode: string;
  readonly amount: bigint;
}

/** While a bank decides about the charge nothing is paid back: it may give the money back itself. */
export function refuseDisputed({ id, orderId, dispute }: Payment): void {
  if (dispute?.status === "open") {
    throw new Fault("WRONG_PAYMENT_STATE", `payment ${id} is disputed`, {
      metadata: { orderId, paymentId: id, disputed: "true" },
    });
  }
}

/**
 * What a part's key stands for: the refund that was asked for before and not refused, or the key
 * of a new one: after a refusal it is another wish. Throws if it was of another amount.
 */
export function wishOf(
  name: string,
  refunds: readonly Refund[],
  amount: bigint,
): { readonly known: Refund } | { readonly key: string } {
  const same = refunds.filter(({ key }) => key === name || key.startsWith(`${name}/`));
  const other = same.find((refund) => refund.amount !== amount);
  if (other) {
    throw new Fault("WRONG_PAYMENT_STATE", `refund ${name} is of ${other.amount} already`, {
      metadata: { paymentId: other.paymentId, amount: String(other.amount) },
    });
  }
  const known = same.find(({ status }) => status !== "failed");
  return known ? { known } : { key: same.length === 0 ? name : `${name}/${same.length + 1}` };
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
