import type Stripe from "stripe";
import { cardOf } from "./cards.ts";
import { capturedOf } from "./charging.ts";
import type { Charge } from "./records.ts";
import { BILLING, CHECKS, EXPIRY, shapeShipping } from "./shape-method.ts";

export function shapeCharge(charge: Charge): Stripe.Charge {
  const { id, amount, failure, hold } = charge;
  const captured = capturedOf(charge);
  // What was authorised and let go counts as given back.
  const refunded = charge.refunded + (hold && hold.status !== "held" ? amount - captured : 0);
  return {
    id,
    object: "charge",
    amount,
    amount_captured: captured,
    amount_refunded: refunded,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: charge.transaction ?? null,
    billing_details: BILLING as Stripe.Charge.BillingDetails,
    calculated_statement_descriptor: "TRADEPOST SANDBOX",
    captured: !failure && (hold === undefined || hold.status === "captured"),
    created: charge.created,
    currency: charge.currency,
    customer: charge.customer ?? null,
    description: charge.description ?? null,
    disputed: charge.dispute !== undefined,
    failure_balance_transaction: null,
    failure_code: failure?.code ?? null,
    failure_message: failure?.message ?? null,
    fraud_details: {},
    livemode: false,
    metadata: charge.metadata as Stripe.Metadata,
    on_behalf_of: null,
    outcome: outcome(charge),
    paid: !failure,
    payment_intent: charge.intent,
    payment_method: charge.method,
    payment_method_details: { card: cardDetails(charge), type: "card" },
    receipt_email: charge.receiptEmail ?? null,
    receipt_number: null,
    receipt_url: null,
    refunded: !failure && refunded === amount,
    review: null,
    shipping: shapeShipping(charge.shipping) as Stripe.Charge.Shipping | null,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: failure ? "failed" : "succeeded",
    transfer_data: null,
    transfer_group: null,
  };
}

function outcome({ card, failure }: Charge): Stripe.Charge.Outcome {
  const risk = cardOf(card).risk;
  const blocked = risk === "highest";
  return {
    advice_code: null,
    network_advice_code: null,
    network_decline_code: null,
    network_status: failure
      ? blocked
        ? "not_sent_to_network"
        : "declined_by_network"
      : "approved_by_network",
    reason: failure ? (blocked ? "highest_risk_level" : failure.declineCode) : null,
    risk_level: risk ?? "normal",
    seller_message: failure ? "The bank did not approve the payment." : "Payment complete.",
    type: failure ? (blocked ? "blocked" : "issuer_declined") : "authorized",
  };
}

function cardDetails({
  card,
  amount,
  authenticated,
  failure,
  hold,
}: Charge): Stripe.Charge.PaymentMethodDetails.Card {
  const { brand, last4, funding } = cardOf(card);
  return {
    amount_authorized: failure ? null : amount,
    authorization_code: null,
    brand,
    ...(hold?.status === "held" && { capture_before: hold.before }),
    checks: CHECKS,
    country: "US",
    electronic_commerce_indicator: null,
    ...EXPIRY,
    extended_authorization: { status: "disabled" },
    fingerprint: `sandbox${brand}${last4}`,
    funding,
    incremental_authorization: { status: "unavailable" },
    installments: null,
    last4,
    mandate: null,
    multicapture: { status: "unavailable" },
    network: brand,
    network_token: { used: false },
    network_transaction_id: null,
    overcapture: { maximum_amount_capturable: amount, status: "unavailable" },
    regulated_status: "unregulated",
    three_d_secure: authenticated ? AUTHENTICATED : null,
    transaction_link_id: null,
    wallet: null,
  } as Stripe.Charge.PaymentMethodDetails.Card;
}

const AUTHENTICATED = {
  authentication_flow: "challenge",
  electronic_commerce_indicator: "05",
  exemption_indicator: null,
  result: "authenticated",
  result_reason: null,
  transaction_id: null,
  version: "2.2.0",
};
