// RefundPayment: a person's refund, once for each idempotency key, whatever crashes in between.
import { createHash } from "node:crypto";
import {
  type Payment as PaymentMessage,
  Refund_Status,
  type RefundPaymentRequest,
  RefundPaymentResponse,
} from "#gen/tradepost/payment/v1/payment.ts";
import type { Call } from "#kit/call.ts";
import { type Db, named, type Tx } from "#kit/db.ts";
import { Fault } from "#kit/errors.ts";
import { once } from "#kit/idempotency.ts";
import { uuidv7 } from "#kit/uuid.ts";
import { paymentMessage } from "./messages.ts";
import { findPayment, refundByKey, refundsOf } from "./reading.ts";
import { refundAmount } from "./refund-rule.ts";
import { lockPayment, reserveRefund } from "./refund-store.ts";
import type { Refunding } from "./refunding.ts";

/**
 * Notes the refund with the row of its key in one transaction, then has it made, then puts the
 * answer that tells its end in the place of the one that was kept.
 */
export async function requestRefund(
  { db, refunding }: { readonly db: Db; readonly refunding: Refunding },
  request: RefundPaymentRequest,
  call: Call,
): Promise<RefundPaymentResponse> {
  const key = refundKey(call);
  const kept = await once(db, call, RefundPaymentResponse, async (tx) => {
    const payment = await lockPayment(tx, request.id);
    if (!payment || payment.userId === "") {
      throw new Fault("PAYMENT_NOT_FOUND", `there is no payment ${request.id}`);
    }
    const amount = refundAmount(payment, request.amount);
    await reserveRefund(tx, { paymentId: payment.id, key, amount, reason: request.reason });
    return { payment: await told(tx, payment.id) };
  });
  const refund = await refundByKey(db, request.id, key);
  const isTold = kept.payment?.refunds.some(
    ({ id, status }) => id === refund?.id && status !== Refund_Status.PENDING,
  );
  if (!refund || isTold) {
    return kept;
  }
  await refunding.settle(refund.id, { traceparent: call.traceparent });
  const answer = { payment: await told(db, request.id) };
  return call.idempotencyKey ? replaceAnswer(db, call, kept, answer) : answer;
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

/** The first to finish decides what everybody with this key is told. */
async function replaceAnswer(
  db: Db,
  call: Call,
  kept: RefundPaymentResponse,
  answer: RefundPaymentResponse,
): Promise<RefundPaymentResponse> {
  const identity = [call.caller.userId, call.rpc, call.idempotencyKey];
  const { rowCount } = await db.query(updateAnswer([...identity, bytes(kept), bytes(answer)]));
  if (rowCount === 1) {
    return answer;
  }
  const { rows } = await db.query<{ answer: Buffer }>(selectAnswer(identity));
  return rows[0] ? RefundPaymentResponse.decode(rows[0].answer) : answer;
}

function bytes(answer: RefundPaymentResponse): Buffer {
  return Buffer.from(RefundPaymentResponse.encode(answer).finish());
}

const updateAnswer = named(
  "payment.replace-answer",
  `update idempotency_keys set answer = $5
    where caller = $1 and rpc = $2 and key = $3 and answer = $4`,
);

const selectAnswer = named(
  "payment.kept-answer",
  "select answer from idempotency_keys where caller = $1 and rpc = $2 and key = $3",
);
