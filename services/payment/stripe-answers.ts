// What Stripe's objects mean to this service.
import type Stripe from "stripe";
import {
  authorizationExpired,
  type Intent,
  type IntentState,
  refusedByProvider,
} from "./intent.ts";
import type { NextAction } from "./payment.ts";
import type { ProviderRefund } from "./provider.ts";

/** How Stripe is told that an intent is ended because it was refused. */
export const abandoned = "abandoned";

/** Turns what the package throws into what it means, behind a breaker. */
export type GuardedCall = <T>(name: string, work: () => Promise<T>) => Promise<T>;

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
      return { kind: "needsPerson", action: actionOf(intent) };
    case "requires_capture":
      return { kind: "authorized", captureBefore: captureBeforeOf(intent.latest_charge) };
    case "requires_payment_method":
    case "requires_confirmation":
      return declineCode === undefined ? { kind: "untried" } : { kind: "declined", declineCode };
    default:
      return { kind: "underWay" };
  }
}

function undeclared({ cancellation_reason: reason }: Stripe.PaymentIntent): string | undefined {
  if (reason === abandoned) {
    return refusedByProvider;
  }
  // Stripe's own doing, after seven days.
  return reason === "automatic" || reason === "expired" ? authorizationExpired : undefined;
}

/** What Stripe asks of a person, the same for a payment and for a method's setup. */
export function actionOf(
  intent: Pick<Stripe.PaymentIntent | Stripe.SetupIntent, "client_secret" | "next_action">,
): NextAction {
  return {
    type: intent.next_action?.type ?? "",
    url: intent.next_action?.redirect_to_url?.url ?? "",
    clientSecret: intent.client_secret ?? "",
  };
}

/** Not known where the charge was not expanded. */
function captureBeforeOf(charge: Stripe.PaymentIntent["latest_charge"]): Date | undefined {
  const before =
    charge !== null && typeof charge === "object"
      ? charge.payment_method_details?.card?.capture_before
      : undefined;
  return before === undefined ? undefined : new Date(before * 1_000);
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
