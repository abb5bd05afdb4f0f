// Confirming: decides between a charge, a challenge and a refusal.
import type { Call } from "./call.ts";
import { AUTHENTICATION_REQUIRED, cardOf, GENERIC, type TestCard } from "./cards.ts";
import { charge, declined, fail } from "./charging.ts";
import { type ApiError, conflict, invalid } from "./errors.ts";
import type { Params } from "./form.ts";
import { requireMethod, requireOwner, resolveMethod } from "./methods.ts";
import * as read from "./params.ts";
import type { Failure, Intent, Method } from "./records.ts";
import type { Store } from "./store.ts";

export const CONFIRM_PARAMS = [
  "allowed_payment_method_types",
  "error_on_requires_action",
  "expand",
  "off_session",
  "payment_method",
  "receipt_email",
  "return_url",
  "setup_future_usage",
  "shipping",
  "use_stripe_sdk",
];

const CLOSED: readonly Intent["status"][] = ["succeeded", "canceled", "requires_capture"];

/**
 * An intent succeeds once: a second confirmation is refused whatever its idempotency key. All of
 * this runs without a pause, so concurrent confirmations come one after the other.
 */
export function confirmIntent(call: Call, found: Intent): Intent {
  const { params, store, cause } = call;
  if (CLOSED.includes(found.status)) throw unexpected(found);
  const { name, returnUrl, mayAsk, changes } = readConfirmation(params, found.redirects);
  const intent: Intent = { ...found, ...changes };
  const method = name === undefined ? ownMethod(store, intent) : resolveMethod(store, name);
  requireOwner(method, intent.customer);
  if (call.declines()) throw declined(store, intent, method, GENERIC, false, cause);
  const card = cardOf(method.card);
  if (!wantsAuthentication(card, method)) return charge(store, intent, method, false, cause);
  if (!mayAsk) {
    throw declined(store, intent, method, AUTHENTICATION_REQUIRED, false, cause);
  }
  const { failure: _failure, ...rest } = intent;
  const waiting = store.put("payment_intent", {
    ...rest,
    status: "requires_action",
    method: method.id,
    action: { url: `${call.origin}/_3ds/${intent.id}`, ...read.defined({ returnUrl }) },
  });
  store.emit("payment_intent.requires_action", "payment_intent", waiting, cause);
  return waiting;
}

/** Refuses parameters before anything is done. */
export function readConfirmation(params: Params, redirects: boolean) {
  const returnUrl = read.text(params, "return_url");
  const cardOnly = read.cardOnly(params);
  if (redirects && !cardOnly && returnUrl === undefined) throw needsReturnUrl("PaymentIntent");
  const offSession = read.flag(params, "off_session");
  return {
    name: read.text(params, "payment_method"),
    returnUrl,
    /** There is a person to authenticate. */
    mayAsk: !(read.flag(params, "error_on_requires_action") || offSession),
    changes: read.defined({
      receiptEmail: read.text(params, "receipt_email"),
      futureUsage: read.oneOf(params, "setup_future_usage", ["on_session", "off_session"]),
      shipping: read.shipping(params),
      automatic: cardOnly ? false : undefined,
      redirects: cardOnly ? false : undefined,
    }),
  };
}

/** What the person at the bank's page did. A decline after it is recorded, not thrown. */
export function finishAuthentication(store: Store, intent: Intent, success: boolean): Intent {
  const method = requireMethod(store, intent.method as string);
  if (!success) return fail(store, intent, authenticationFailure(method, "payment_intent"));
  try {
    return charge(store, intent, method, true);
  } catch (error) {
    const failed = (error as ApiError).context?.intent;
    if (failed === undefined) throw error;
    return failed;
  }
}

export function authenticationFailure(
  method: Method,
  kind: "payment_intent" | "setup_intent",
): Failure {
  return {
    type: "invalid_request_error",
    code: `${kind}_authentication_failure`,
    message:
      "The provided PaymentMethod has failed authentication. You can provide " +
      "payment_method_data or a new PaymentMethod to attempt to fulfill this " +
      `${kind === "payment_intent" ? "PaymentIntent" : "SetupIntent"} again.`,
    method,
  };
}

export function needsReturnUrl(noun: string): ApiError {
  return invalid(
    `This ${noun} is configured to accept payment methods enabled in your Dashboard. Because ` +
      "some of these payment methods might redirect your customer off of your page, you must " +
      "provide a `return_url`. If you don't want to accept redirect-based payment methods, set " +
      "`automatic_payment_methods[enabled]` to `true` and " +
      "`automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and " +
      "Payment Intents.",
    {},
  );
}

function ownMethod(store: Store, intent: Intent): Method {
  if (intent.method !== undefined) return requireMethod(store, intent.method);
  throw conflict(
    "You cannot confirm this PaymentIntent because it's missing a payment method. You can either " +
      "update the PaymentIntent with a payment method and then confirm it again, or confirm it " +
      "again directly with a payment method or ConfirmationToken.",
    { code: "payment_intent_unexpected_state" },
    { intent },
  );
}

function wantsAuthentication(card: TestCard, method: Method): boolean {
  if (card.authentication === "until_set_up") return method.customer === undefined;
  return card.authentication === "always";
}

function unexpected(intent: Intent): ApiError {
  const message =
    intent.status === "succeeded"
      ? "You cannot confirm this PaymentIntent because it has already succeeded after being " +
        "previously confirmed."
      : `You cannot confirm this PaymentIntent because it has a status of ${intent.status}. Only ` +
        "a PaymentIntent with one of the following statuses may be confirmed: " +
        "requires_confirmation, requires_action.";
  return conflict(message, { code: "payment_intent_unexpected_state" }, { intent });
}
