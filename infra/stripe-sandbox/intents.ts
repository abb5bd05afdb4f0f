// Payment intents: https://docs.stripe.com/payments/paymentintents/lifecycle
import type { Call } from "./call.ts";
import { release } from "./capturing.ts";
import { CONFIRM_PARAMS, confirmIntent, readConfirmation } from "./confirm.ts";
import { requireCustomer } from "./customers.ts";
import { conflict, invalid } from "./errors.ts";
import type { Params } from "./form.ts";
import { newId, now } from "./ids.ts";
import { requireOwner, resolveMethod } from "./methods.ts";
import * as read from "./params.ts";
import type { Intent } from "./records.ts";

const CREATE = new Set([
  ...CONFIRM_PARAMS,
  "amount",
  "automatic_payment_methods",
  "capture_method",
  "confirm",
  "confirmation_method",
  "currency",
  "customer",
  "description",
  "metadata",
  "statement_descriptor_suffix",
]);
const CONFIRM = new Set(CONFIRM_PARAMS);
const CANCEL = new Set(["cancellation_reason", "expand"]);
const CANCELLABLE = [
  "requires_payment_method",
  "requires_confirmation",
  "requires_action",
  "requires_capture",
];
const CAPTURE_METHODS = ["automatic", "automatic_async", "manual"] as const;
const REASONS = ["duplicate", "fraudulent", "requested_by_customer", "abandoned"] as const;

const CURRENCIES = new Set(Intl.supportedValuesOf("currency").map((code) => code.toLowerCase()));
// https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
const MINIMUM: Record<string, number> = { usd: 50, eur: 50, gbp: 30, jpy: 50, cad: 50, aud: 50 };
const MAXIMUM = 99_999_999;

export function createIntent(call: Call): Intent {
  const { params, store, cause } = call;
  read.onlyKnown(params, CREATE);
  const { amount, currency } = money(params);
  const cardOnly = read.cardOnly(params);
  read.oneOf(params, "confirmation_method", ["automatic"]);
  const automatic = read.group(params, "automatic_payment_methods");
  const captureMethod = read.oneOf(params, "capture_method", CAPTURE_METHODS);
  const methodName = read.text(params, "payment_method");
  const customer = requireCustomer(call);
  const method = methodName === undefined ? undefined : resolveMethod(store, methodName);
  if (method) requireOwner(method, customer);
  const id = newId("pi_");
  const intent: Intent = {
    id,
    created: now(),
    amount,
    currency,
    status: methodName === undefined ? "requires_payment_method" : "requires_confirmation",
    secret: newId(`${id}_secret_`),
    metadata: read.metadata(params),
    captureMethod: captureMethod ?? "automatic_async",
    // Without either parameter Stripe takes the dashboard's payment methods.
    automatic: !cardOnly,
    redirects: !cardOnly && automatic?.allow_redirects !== "never",
    ...read.defined({
      customer,
      description: read.text(params, "description"),
      receiptEmail: read.text(params, "receipt_email"),
      statementSuffix: read.text(params, "statement_descriptor_suffix"),
      futureUsage: read.oneOf(params, "setup_future_usage", ["on_session", "off_session"]),
      shipping: read.shipping(params),
      method: method?.id,
    }),
  };
  const confirming = read.flag(params, "confirm");
  if (confirming) readConfirmation(params, intent.redirects);
  else refuse(params, "off_session", "error_on_requires_action", "return_url");
  store.put("payment_intent", intent);
  store.emit("payment_intent.created", "payment_intent", intent, cause);
  return confirming ? confirmIntent(call, intent) : intent;
}

export function confirm(call: Call): Intent {
  read.onlyKnown(call.params, CONFIRM);
  return confirmIntent(call, call.row("payment_intent"));
}

export function cancelIntent(call: Call): Intent {
  const { params, store, cause } = call;
  read.onlyKnown(params, CANCEL);
  const reason = read.oneOf(params, "cancellation_reason", REASONS);
  const intent = call.row("payment_intent");
  if (!CANCELLABLE.includes(intent.status)) {
    throw conflict(
      `You cannot cancel this PaymentIntent because it has a status of ${intent.status}. Only a ` +
        "PaymentIntent with one of the following statuses may be canceled: " +
        "requires_payment_method, requires_capture, requires_confirmation, requires_action, " +
        "processing.",
      { code: "payment_intent_unexpected_state" },
      { intent },
    );
  }
  if (intent.status === "requires_capture") release(store, intent, "charge.refunded", cause);
  const { action: _action, ...rest } = intent;
  const canceled = store.put("payment_intent", {
    ...rest,
    status: "canceled",
    canceledAt: now(),
    ...read.defined({ cancelReason: reason }),
  });
  store.emit("payment_intent.canceled", "payment_intent", canceled, cause);
  return canceled;
}

function money(params: Params): { amount: number; currency: string } {
  const amount = read.required(read.integer(params, "amount"), "amount");
  const currency = read.required(read.text(params, "currency"), "currency").toLowerCase();
  if (!CURRENCIES.has(currency))
    throw invalid(`Invalid currency: ${currency}.`, { param: "currency" });
  if (amount < 1) {
    throw invalid("This value must be greater than or equal to 1.", {
      code: "parameter_invalid_integer",
      param: "amount",
    });
  }
  const least = MINIMUM[currency] ?? 1;
  if (amount < least) {
    throw invalid(`Amount must be at least ${least} in minor units of ${currency}`, {
      code: "amount_too_small",
      param: "amount",
    });
  }
  if (amount > MAXIMUM) {
    throw invalid(`Amount must be no more than ${MAXIMUM} in minor units of ${currency}`, {
      code: "amount_too_large",
      param: "amount",
    });
  }
  return { amount, currency };
}

/** These mean something at a confirmation only. */
function refuse(params: Params, ...names: string[]): void {
  for (const name of names) {
    if (params[name] === undefined) continue;
    throw invalid(
      `The parameter \`${name}\` cannot be passed when creating a PaymentIntent unless confirm is set to true.`,
      {
        param: name,
      },
    );
  }
}
