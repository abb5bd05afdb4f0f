import type Stripe from "stripe";
import type { Action, Failure, Intent, Setup } from "./records.ts";
import { shapeMethod, shapeShipping } from "./shape-method.ts";

export function shapeIntent(intent: Intent): Stripe.PaymentIntent {
  const { id, amount, status } = intent;
  return {
    id,
    object: "payment_intent",
    allowed_payment_method_types: intent.automatic ? null : CARD,
    amount,
    amount_capturable: status === "requires_capture" ? amount : 0,
    amount_details: { tip: {} },
    amount_received: status === "succeeded" ? (intent.received ?? amount) : 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: automatic(intent),
    canceled_at: intent.canceledAt ?? null,
    cancellation_reason: (intent.cancelReason ?? null) as Stripe.PaymentIntent.CancellationReason,
    capture_method: intent.captureMethod,
    client_secret: intent.secret,
    confirmation_method: "automatic",
    created: intent.created,
    currency: intent.currency,
    customer: intent.customer ?? null,
    customer_account: null,
    description: intent.description ?? null,
    excluded_payment_method_types: null,
    last_payment_error: intent.failure ? shapeFailure(intent.failure) : null,
    latest_charge: intent.charge ?? null,
    livemode: false,
    managed_payments: null,
    metadata: intent.metadata as Stripe.Metadata,
    next_action: intent.action ? shapeAction(intent.action) : null,
    on_behalf_of: null,
    payment_method: intent.method ?? null,
    payment_method_configuration_details: null,
    payment_method_options: CARD_OPTIONS,
    payment_method_types: CARD,
    payment_record: null,
    processing: null,
    receipt_email: intent.receiptEmail ?? null,
    review: null,
    setup_future_usage: intent.futureUsage ?? null,
    shipping: shapeShipping(intent.shipping),
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: intent.statementSuffix ?? null,
    status,
    transfer_data: null,
    transfer_group: null,
  };
}

export function shapeSetup(setup: Setup): Stripe.SetupIntent {
  return {
    id: setup.id,
    object: "setup_intent",
    allowed_payment_method_types: setup.automatic ? null : CARD,
    application: null,
    automatic_payment_methods: automatic(setup),
    cancellation_reason: null,
    client_secret: setup.secret,
    created: setup.created,
    customer: setup.customer ?? null,
    customer_account: null,
    description: setup.description ?? null,
    excluded_payment_method_types: null,
    flow_directions: null,
    last_setup_error: setup.failure
      ? (shapeFailure(setup.failure) as Stripe.SetupIntent.LastSetupError)
      : null,
    latest_attempt: null,
    livemode: false,
    mandate: null,
    metadata: setup.metadata as Stripe.Metadata,
    next_action: (setup.action
      ? shapeAction(setup.action)
      : null) as Stripe.SetupIntent.NextAction | null,
    on_behalf_of: null,
    payment_method: setup.method ?? null,
    payment_method_configuration_details: null,
    payment_method_options: CARD_OPTIONS as object,
    payment_method_types: CARD,
    single_use_mandate: null,
    status: setup.status,
    usage: setup.usage,
  };
}

function shapeFailure(failure: Failure): Stripe.PaymentIntent.LastPaymentError {
  const { type, code, declineCode, message, charge, method } = failure;
  return {
    ...(charge !== undefined && { charge }),
    code: code as Stripe.PaymentIntent.LastPaymentError.Code,
    ...(declineCode !== undefined && { decline_code: declineCode }),
    doc_url: docUrl(code),
    message,
    payment_method: shapeMethod(method),
    type,
  };
}

export function docUrl(code: string): string {
  return `https://stripe.com/docs/error-codes/${code.replaceAll("_", "-")}`;
}

const CARD = ["card"];
const CARD_OPTIONS = {
  card: {
    installments: null,
    mandate_options: null,
    network: null,
    request_three_d_secure: "automatic",
  },
} as Stripe.PaymentIntent.PaymentMethodOptions;

function automatic(
  intent: Pick<Intent, "automatic" | "redirects">,
): Stripe.PaymentIntent.AutomaticPaymentMethods | null {
  if (!intent.automatic) return null;
  return { allow_redirects: intent.redirects ? "always" : "never", enabled: true };
}

/** With a return_url the person is sent there and back; without, Stripe.js shows the challenge. */
function shapeAction({ url, returnUrl }: Action): Stripe.PaymentIntent.NextAction {
  if (returnUrl !== undefined) {
    return { type: "redirect_to_url", redirect_to_url: { return_url: returnUrl, url } };
  }
  const use_stripe_sdk = { type: "three_d_secure_redirect", stripe_js: url };
  return { type: "use_stripe_sdk", use_stripe_sdk };
}
