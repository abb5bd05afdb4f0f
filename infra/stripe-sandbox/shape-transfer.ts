import type Stripe from "stripe";
import type { Account, Payout, Reversal, Transfer } from "./records-money.ts";

export function shapeAccount(account: Account): Stripe.Account {
  return {
    id: account.id,
    object: "account",
    business_profile: null,
    business_type: null,
    capabilities: { transfers: "active" },
    charges_enabled: true,
    country: account.country,
    created: account.created,
    default_currency: "usd",
    details_submitted: true,
    email: account.email ?? null,
    metadata: account.metadata as Stripe.Metadata,
    payouts_enabled: true,
    type: account.type,
  };
}

export function shapeTransfer(transfer: Transfer): Stripe.Transfer {
  const { id, amount, reversals } = transfer;
  const reversed = reversedOf(transfer);
  return {
    id,
    object: "transfer",
    amount,
    amount_reversed: reversed,
    balance_transaction: transfer.transaction,
    created: transfer.created,
    currency: transfer.currency,
    description: transfer.description ?? null,
    destination: transfer.destination,
    destination_payment: transfer.payment,
    livemode: false,
    metadata: transfer.metadata as Stripe.Metadata,
    reversals: {
      object: "list",
      data: reversals.toReversed().map(shapeReversal),
      has_more: false,
      url: `/v1/transfers/${id}/reversals`,
    },
    reversed: reversed === amount,
    source_transaction: transfer.charge ?? null,
    source_type: "card",
    transfer_group: transfer.group ?? null,
  };
}

export function reversedOf({ reversals }: Transfer): number {
  return reversals.reduce((sum, { amount }) => sum + amount, 0);
}

export function shapeReversal(reversal: Reversal): Stripe.TransferReversal {
  return {
    id: reversal.id,
    object: "transfer_reversal",
    amount: reversal.amount,
    balance_transaction: reversal.transaction,
    created: reversal.created,
    currency: reversal.currency,
    destination_payment_refund: null,
    metadata: reversal.metadata as Stripe.Metadata,
    source_refund: null,
    transfer: reversal.transfer,
  };
}

export function shapePayout(payout: Payout): Stripe.Payout {
  return {
    id: payout.id,
    object: "payout",
    amount: payout.amount,
    application_fee: null,
    application_fee_amount: null,
    arrival_date: payout.arrival,
    automatic: false,
    balance_transaction: payout.transaction,
    created: payout.created,
    currency: payout.currency,
    description: payout.description ?? null,
    destination: "ba_sandboxBankAccount",
    failure_balance_transaction: payout.cancelTransaction ?? null,
    failure_code: null,
    failure_message: null,
    livemode: false,
    metadata: payout.metadata as Stripe.Metadata,
    method: payout.method,
    original_payout: null,
    payout_method: null,
    reconciliation_status: "not_applicable",
    reversed_by: null,
    source_type: "card",
    statement_descriptor: payout.statement ?? null,
    status: payout.status,
    trace_id: null,
    type: "bank_account",
  };
}
