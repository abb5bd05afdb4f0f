import type Stripe from "stripe";
import type { Refund, Transaction } from "./records-money.ts";

export function shapeTransaction(transaction: Transaction): Stripe.BalanceTransaction {
  const { id, amount, fee, currency, created, availableOn, type } = transaction;
  const feeFor = type === "adjustment" ? "Dispute fee" : "Stripe processing fees";
  return {
    id,
    object: "balance_transaction",
    amount,
    available_on: availableOn,
    balance_type: "payments",
    created,
    currency,
    description: transaction.description ?? null,
    exchange_rate: null,
    fee,
    fee_details: fee === 0 ? [] : [feeDetail(fee, currency, feeFor)],
    net: amount - fee,
    reporting_category: transaction.category ?? type,
    source: transaction.source,
    status: availableOn * 1000 <= Date.now() ? "available" : "pending",
    type,
  };
}

function feeDetail(
  amount: number,
  currency: string,
  description: string,
): Stripe.BalanceTransaction.FeeDetail {
  return { amount, application: null, currency, description, type: "stripe_fee" };
}

export function shapeRefund(refund: Refund): Stripe.Refund {
  return {
    id: refund.id,
    object: "refund",
    amount: refund.amount,
    balance_transaction: refund.transaction,
    charge: refund.charge,
    created: refund.created,
    currency: refund.currency,
    customer: null,
    customer_account: null,
    destination_details: { card: REFUND_CARD, type: "card" },
    ...(refund.failureTransaction !== undefined && {
      failure_balance_transaction: refund.failureTransaction,
      failure_reason: "unknown",
    }),
    metadata: refund.metadata as Stripe.Metadata,
    payment_intent: refund.intent,
    payment_method: null,
    ...(refund.status === "pending" && { pending_reason: "processing" as const }),
    reason: refund.reason ?? null,
    receipt_number: null,
    source_transfer_reversal: null,
    status: refund.status,
    transfer_reversal: null,
  };
}

const REFUND_CARD = {
  reference_status: "pending",
  reference_type: "acquirer_reference_number",
  type: "refund",
} as Stripe.Refund.DestinationDetails.Card;
