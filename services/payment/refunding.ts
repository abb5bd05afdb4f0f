// Drives refunds to their end, from wherever they were left.
import { type Db, inTransaction } from "#kit/db.ts";
import type { Charging, Origin } from "./charging.ts";
import { closeOrder } from "./closing.ts";
import { joined } from "./joined.ts";
import { isOpen, type Payment, type Refund, wasAsked } from "./payment.ts";
import {
  OutcomeUnknown,
  type Provider,
  type ProviderRefund,
  Refused,
  withKeys,
} from "./provider.ts";
import { paymentById, refundById, refundsOf } from "./reading.ts";
import { type Part, reservePart } from "./refund-part.ts";
import { lockPayment, recordRefund, reserveRefund } from "./refund-store.ts";

export interface RefundingDeps {
  readonly db: Db;
  readonly provider: Provider;
  readonly charging: Charging;
  /** Called after a commit that wrote events. */
  readonly published: () => void;
}

export interface Refunding {
  /** Pays back what remains of an order's charge, or ends it before it is one. */
  undoOrder(orderId: string, reason: string, origin: Origin): Promise<Payment | undefined>;
  /** Pays back a part of an order's charge, once for its key. */
  refundPart(orderId: string, part: Part, origin: Origin): Promise<Payment>;
  /** Asks Stripe for a refund that is noted, or how it went, and records that. */
  settle(refundId: string, origin: Origin): Promise<Refund>;
  /** Whether this process is busy with a refund. */
  running(refundId: string): Promise<unknown> | undefined;
}

/** Stripe forgets a key after 24 h; one that is nearly as old says nothing. */
const KEY_AGE_MS = 23 * 3600 * 1000;

export function createRefunding(deps: RefundingDeps): Refunding {
  const { db, provider, charging, published } = deps;
  const refunds = joined<Refund>();

  async function settle(refundId: string, origin: Origin): Promise<Refund> {
    const refund = await refundById(db, refundId);
    if (refund.status !== "pending") {
      return refund;
    }
    const payment = await paymentById(db, refund.paymentId);
    const told = await ask(payment, refund);
    const recorded = await recordRefund(db, refund.id, told, origin);
    if (recorded.hasEvent) {
      published();
    }
    return recorded.refund;
  }

  async function ask(
    payment: Payment,
    refund: Refund,
  ): Promise<Pick<ProviderRefund, "status"> & { readonly id: string | undefined }> {
    if (refund.stripeRefundId !== undefined) {
      return provider.readRefund(refund.stripeRefundId);
    }
    const intentId = payment.intentId as string;
    const find = async () => {
      const made = await provider.listRefunds(intentId);
      return made.find(({ refundId }) => refundId === refund.id);
    };
    const isOld = Date.now() - refund.createTime.getTime() > KEY_AGE_MS;
    const known = isOld ? await find() : undefined;
    if (known) {
      return known;
    }
    const { orderId, id: paymentId } = payment;
    const wish = { refundId: refund.id, paymentId, orderId, intentId, amount: refund.amount };
    try {
      return await withKeys(
        `${orderId}/${refund.key}`,
        (key) => provider.createRefund(wish, key),
        find,
      );
    } catch (error) {
      if (error instanceof Refused) {
        return (await find()) ?? { id: undefined, status: "failed" };
      }
      throw error;
    }
  }

  /** Notes a refund of the rest, unless all of it is paid back or under way. */
  function reserveRest(paymentId: string, reason: string): Promise<void> {
    return inTransaction(db, async (tx) => {
      const payment = await lockPayment(tx, paymentId);
      if (payment?.status === "succeeded" && payment.refunded < payment.amount) {
        const amount = payment.amount - payment.refunded;
        const key = undoKey(await refundsOf(tx, paymentId));
        await reserveRefund(tx, payment, { key, amount, reason });
      }
    });
  }

  async function refundRest(payment: Payment, reason: string, origin: Origin): Promise<void> {
    if (payment.refunded < payment.amount) {
      await reserveRest(payment.id, reason);
    }
    for (const { id, status } of await refundsOf(db, payment.id)) {
      if (status === "pending") {
        await refunds.run(id, () => settle(id, origin));
      }
    }
  }

  return {
    async undoOrder(orderId, reason, origin) {
      let payment = await closeOrder(db, orderId);
      if (!wasAsked(payment)) {
        return undefined;
      }
      if (isOpen(payment.status)) {
        payment = await charging.undo(payment, origin);
      }
      if (payment.status === "succeeded") {
        await refundRest(payment, reason, origin);
        payment = await paymentById(db, payment.id);
      }
      const isUndone = !isOpen(payment.status) && payment.status !== "succeeded";
      if (!isUndone && payment.refunded < payment.amount) {
        throw new OutcomeUnknown(`paying back order ${orderId}`);
      }
      return payment;
    },

    async refundPart(orderId, part, origin) {
      const id = await reservePart(db, orderId, part);
      const refund = await refunds.run(id, () => settle(id, origin));
      if (refund.status === "failed") {
        // Refused: asked again, it is a wish of its own.
        throw new OutcomeUnknown(`paying back a part of order ${orderId}`);
      }
      return paymentById(db, refund.paymentId);
    },

    settle: (refundId, origin) => refunds.run(refundId, () => settle(refundId, origin)),
    running: (refundId) => refunds.running(refundId),
  };
}

/** A second one only after the first was refused: it is another wish then. */
function undoKey(refunds: readonly Refund[]): string {
  const number = refunds.filter(({ key }) => /^refund(-\d+)?$/.test(key)).length + 1;
  return number === 1 ? "refund" : `refund-${number}`;
}
