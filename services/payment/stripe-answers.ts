// What Stripe's objects mean to this service.
import type Stripe from "stripe";
import { authenticationRequired, type Intent, type IntentState } from "./intent.ts";
import type { ProviderRefund } from "./provider.ts";

/** How Stripe is told, on an intent that is waiting for 3-D Secure, that nobody will do it. */
export const abandoned = "abandoned";

export function intentOf(intent: Stripe.PaymentIntent): Intent {
  return { id: intent.id, state: stateOf(intent) };
}

function stateOf(intent: Stripe.PaymentIntent): IntentState {
  const failure = intent.last_payment_error;
  const declineCode = failure ? (failure.decline_code ?? failure.code ?? "unknown") : undefined;
  switch (intent.status) {
    case "succeeded":
      return { kind: "succeeded", ...chargeOf(intent.latest_charge) };
    case "canceled":
      return { kind: "cancelled", declineCode: declineCode ?? undeclared(intent) };
    case "requires_action":
      return { kind: "needsPerson" };
    case "requires_payment_method":
    case "requires_confirmation":
      return declineCode === undefined ? { kind: "untried" } : { kind: "declined", declineCode };
    default:
      return { kind: "underWay" };
  }
}

function undeclared({ cancellation_reason: reason }: Stripe.PaymentIntent): string | undefined {
  return reason === abandoned ? authenticationRequired : undefined;
}

function chargeOf(charge: Stripe.PaymentIntent["latest_charge"]) {
  if (charge === null || typeof charge === "string") {
    return { chargeId: charge ?? "", fee: undefined };
  }
  const balance = charge.balance_transaction;
  const fee = balance !== null && typeof balance === "object" ? BigInt(balance.fee) : undefined;
  return { chargeId: charge.id, fee };
}

const REFUND_STATUS: Readonly<Record<string, ProviderRefund["status"]>> = {
  succeeded: "succeeded",
  failed: "failed",
  canceled: "failed",
};

export function refundOf(refund: Stripe.Refund): ProviderRefund {
  const intent = refund.payment_intent;
  return {
    id: refund.id,
    refundId: refund.metadata?.refund_id ?? "",
    intentId: typeof intent === "string" ? intent : (intent?.id ?? ""),
    status: REFUND_STATUS[refund.status ?? ""] ?? "pending",
  };
}
