import type Stripe from "stripe";
import { cardOf } from "./cards.ts";
import type { Dispute } from "./records-dispute.ts";
import { shapeTransaction } from "./shape-money.ts";

const ANSWER_WITHIN_SECONDS = 7 * 24 * 3600;

/** Visa's codes: https://docs.stripe.com/disputes/reason-codes-defense-requirements */
const NETWORK_CODES: Record<string, string> = {
  fraudulent: "10.4",
  product_not_received: "13.1",
  product_unacceptable: "13.3",
  duplicate: "12.6",
  credit_not_processed: "13.6",
  subscription_canceled: "13.2",
};

const EVIDENCE = [
  "access_activity_log",
  "billing_address",
  "cancellation_policy",
  "cancellation_policy_disclosure",
  "cancellation_rebuttal",
  "customer_communication",
  "customer_email_address",
  "customer_name",
  "customer_purchase_ip",
  "customer_signature",
  "duplicate_charge_documentation",
  "duplicate_charge_explanation",
  "duplicate_charge_id",
  "product_description",
  "receipt",
  "refund_policy",
  "refund_policy_disclosure",
  "refund_refusal_explanation",
  "service_date",
  "service_documentation",
  "shipping_address",
  "shipping_carrier",
  "shipping_date",
  "shipping_documentation",
  "shipping_tracking_number",
  "uncategorized_file",
  "uncategorized_text",
] as const;

export const EVIDENCE_FIELDS: ReadonlySet<string> = new Set(EVIDENCE);

export function shapeDispute(dispute: Dispute): Stripe.Dispute {
  const { id, amount, evidence, submissions, inquiry, status, reason } = dispute;
  const { brand } = cardOf(dispute.card);
  const code = inquiry ? "10" : (NETWORK_CODES[reason] ?? null);
  const isOpen = status === "needs_response" || status === "warning_needs_response";
  return {
    id,
    object: "dispute",
    amount,
    balance_transactions: dispute.transactions.map(shapeTransaction),
    charge: dispute.charge,
    created: dispute.created,
    currency: dispute.currency,
    enhanced_eligibility_types: [],
    evidence: {
      ...Object.fromEntries(EVIDENCE.map((field) => [field, evidence[field] ?? null])),
      enhanced_evidence: {},
    } as Stripe.Dispute.Evidence,
    evidence_details: {
      due_by: isOpen ? dispute.created + ANSWER_WITHIN_SECONDS : null,
      enhanced_eligibility: {},
      has_evidence: Object.keys(evidence).length > 0,
      past_due: false,
      submission_count: submissions,
      submission_method: submissions === 0 ? "not_submitted" : "manual",
    },
    intended_submission_method: null,
    is_charge_refundable: !takesMoney(dispute),
    livemode: false,
    metadata: dispute.metadata as Stripe.Metadata,
    payment_intent: dispute.intent,
    payment_method_details: {
      card: {
        brand,
        case_type: inquiry ? "inquiry" : "chargeback",
        network: brand,
        network_reason_code: code,
      },
      type: "card",
    },
    reason,
    status,
  };
}

/** The disputed money is with the bank, so it cannot be refunded too. */
export function takesMoney({ inquiry, status }: Dispute): boolean {
  return !inquiry && status !== "won";
}
