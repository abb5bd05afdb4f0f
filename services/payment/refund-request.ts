// RefundPayment: a person's refund, once for each idempotency key, whatever crashes in between.
import { createHash } from "node:crypto";
import {
  type Payment as PaymentMessage,
  type RefundPaymentRequest,
  RefundPaymentResponse,
} from "#gen/tradepost/payment/v1/payment.ts";
import type { Call } from "#kit/call.ts";
import type { Db, Tx } from "#kit/db.ts";
import { Fault } from "#kit/errors.ts";
import { onceWithLateAnswer } from "#kit/idempotency.ts";
import { uuidv7 } from "#kit/uuid.ts";
import { paymentMessage } from "./messages.ts";
import { findPayment, refundByKey, refundsOf } from "./reading.ts";
import { refundAmount } from "./refund-rule.ts";
import { lockPayment, reserveRefund } from "./refund-store.ts";
import type { Refunding } from "./refunding.ts";

/** Notes the refund with the row of its key in one transaction, then has it made. */
export async function requestRefund(
  { db, refunding }: { readonly db: Db; readonly refunding: Refunding },
  request: RefundPaymentRequest,
  call: Call,
): Promise<RefundPaymentResponse> {
  const key = refundKey(call);
  return onceWithLateAnswer(db, call, RefundPaymentResponse, {
    async begin(tx) {
      const payment = await lockPayment(tx, request.id);
      if (!payment || payment.userId === "") {
        throw new Fault("PAYMENT_NOT_FOUND", `there is no payment ${request.id}`);
      }
      const amount = refundAmount(payment, request.amount);
      await reserveRefund(tx, payment, { key, amount, reason: request.reason });
      return { payment: await told(tx, payment.id) };
    },
    async finish() {
      const refund = await refundByKey(db, request.id, key);
      if (refund) {
        await refunding.settle(refund.id, { traceparent: call.traceparent });
      }
      return { payment: await told(db, request.id) };
    },
  });
}

/** The same caller's same key is the same wish. */
function refundKey({ caller, idempotencyKey }: Call): string {
  if (!idempotencyKey) {
    return `refund/${uuidv7()}`;
  }
  const words = JSON.stringify([caller.userId, idempotencyKey]);
  return `refund/${createHash("sha256").update(words).digest("hex").slice(0, 32)}`;
}

async function told(db: Db | Tx, paymentId: string): Promise<PaymentMessage> {
  const payment = await findPayment(db, paymentId, "all");
  if (!payment) {
    throw new Error(`there is no payment ${paymentId}`);
  }
  return paymentMessage(payment, await refundsOf(db, paymentId));
}
