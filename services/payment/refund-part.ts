// A part of an order's charge that goes back, such as a return's: once for its key.
import type { RefundPart } from "#gen/tradepost/payment/v1/payment.ts";
import { type Db, inTransaction } from "#kit/db.ts";
import { Fault } from "#kit/errors.ts";
import { type Share, wasAsked } from "./payment.ts";
import { refundsOf } from "./reading.ts";
import { refundAmount, wishOf } from "./refund-rule.ts";
import { lockPaymentOf, reserveRefund } from "./refund-store.ts";
import { sharesOf } from "./shares.ts";

export interface Part {
  readonly key: string;
  readonly currency: string;
  readonly amount: bigint;
  readonly shares: readonly Share[];
  readonly reason: string;
}

export function partOf({ key, amount: asked, shares }: RefundPart, reason: string): Part {
  const money = { currency: asked?.currencyCode ?? "", amount: asked?.amount ?? 0n };
  return { key, ...money, shares: sharesOf(shares, money), reason };
}

/** Notes that the part is to be paid back, unless that is noted. Answers the refund's id. */
export function reservePart(db: Db, orderId: string, part: Part): Promise<string> {
  const { amount, currency: currencyCode, shares, reason } = part;
  return inTransaction(db, async (tx) => {
    const payment = await lockPaymentOf(tx, orderId);
    if (!payment || !wasAsked(payment)) {
      throw new Fault("WRONG_PAYMENT_STATE", `order ${orderId} was not charged`, {
        metadata: { orderId },
      });
    }
    const wish = wishOf(`part/${part.key}`, await refundsOf(tx, payment.id), amount);
    if ("known" in wish) {
      return wish.known.id;
    }
    refundAmount(payment, { currencyCode, amount });
    return reserveRefund(tx, payment, { key: wish.key, amount, reason, shares });
  });
}
