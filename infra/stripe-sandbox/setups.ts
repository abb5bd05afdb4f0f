// Setup intents: a payment method made ready for later, and attached to its customer.
import type { Call } from "./call.ts";
import { cardOf } from "./cards.ts";
import { authenticationFailure, needsReturnUrl } from "./confirm.ts";
import { requireCustomer } from "./customers.ts";
import { ApiError, conflict } from "./errors.ts";
import { newId, now } from "./ids.ts";
import { requireMethod, requireOwner, resolveMethod } from "./methods.ts";
import * as read from "./params.ts";
import type { Failure, Method, Setup } from "./records.ts";
import type { Cause, Store } from "./store.ts";

const CONFIRM_PARAMS = [
  "allowed_payment_method_types",
  "expand",
  "payment_method",
  "return_url",
  "use_stripe_sdk",
];
const CONFIRM = new Set(CONFIRM_PARAMS);
const CREATE = new Set([
  ...CONFIRM_PARAMS,
  "automatic_payment_methods",
  "confirm",
  "customer",
  "description",
  "metadata",
  "usage",
]);

export function createSetup(call: Call): Setup {
  const { params, store, cause } = call;
  read.onlyKnown(params, CREATE);
  const cardOnly = read.cardOnly(params);
  const name = read.text(params, "payment_method");
  const automatic = read.group(params, "automatic_payment_methods");
  const customer = requireCustomer(call);
  const method = name === undefined ? undefined : resolveMethod(store, name);
  if (method) requireOwner(method, customer);
  const id = newId("seti_");
  const setup = store.put("setup_intent", {
    id,
    created: now(),
    status: name === undefined ? "requires_payment_method" : "requires_confirmation",
    secret: newId(`${id}_secret_`),
    metadata: read.metadata(params),
    usage: read.oneOf(params, "usage", ["on_session", "off_session"]) ?? "off_session",
    automatic: !cardOnly,
    redirects: !cardOnly && automatic?.allow_redirects !== "never",
    ...read.defined({
      customer,
      description: read.text(params, "description"),
      method: method?.id,
    }),
  });
  store.emit("setup_intent.created", "setup_intent", setup, cause);
  return read.flag(params, "confirm") ? confirmed(call, setup) : setup;
}

export function confirmSetup(call: Call): Setup {
  read.onlyKnown(call.params, CONFIRM);
  return confirmed(call, call.row("setup_intent"));
}

/** What the person at the bank's page did. */
export function finishSetup(store: Store, setup: Setup, success: boolean): Setup {
  const method = requireMethod(store, setup.method as string);
  if (success) return succeed(store, setup, method);
  return failed(store, setup, authenticationFailure(method, "setup_intent"));
}

function confirmed(call: Call, setup: Setup): Setup {
  const { params, store, cause } = call;
  const name = read.text(params, "payment_method");
  if (setup.status === "succeeded" || (name ?? setup.method) === undefined) {
    const why =
      setup.status === "succeeded"
        ? "it has already succeeded"
        : "it's missing a payment method. Update the SetupIntent with a payment method";
    throw conflict(
      `You cannot confirm this SetupIntent because ${why}.`,
      { code: "setup_intent_unexpected_state" },
      { setup },
    );
  }
  const returnUrl = read.text(params, "return_url");
  if (setup.redirects && !read.cardOnly(params) && returnUrl === undefined)
    throw needsReturnUrl("SetupIntent");
  const method =
    name === undefined ? requireMethod(store, setup.method as string) : resolveMethod(store, name);
  requireOwner(method, setup.customer);
  const card = cardOf(method.card);
  if (card.decline && !card.setsUp) {
    const failure: Failure = { type: "card_error", ...card.decline, method };
    const { code, declineCode, message } = card.decline;
    const state = failed(store, setup, failure, cause);
    const fields = { code, decline_code: declineCode };
    throw new ApiError(402, "card_error", message, fields, { setup: state, method });
  }
  if (card.authentication === undefined) return succeed(store, setup, method, cause);
  const { failure: _failure, ...rest } = setup;
  const waiting = store.put("setup_intent", {
    ...rest,
    status: "requires_action",
    method: method.id,
    action: { url: `${call.origin}/_3ds/${setup.id}`, ...read.defined({ returnUrl }) },
  });
  store.emit("setup_intent.requires_action", "setup_intent", waiting, cause);
  return waiting;
}

function succeed(store: Store, setup: Setup, method: Method, cause?: Cause): Setup {
  if (setup.customer !== undefined) {
    const attached = store.put("payment_method", { ...method, customer: setup.customer });
    store.emit("payment_method.attached", "payment_method", attached, cause);
  }
  const { failure: _failure, action: _action, ...rest } = setup;
  const done = store.put("setup_intent", { ...rest, status: "succeeded", method: method.id });
  store.emit("setup_intent.succeeded", "setup_intent", done, cause);
  return done;
}

function failed(store: Store, setup: Setup, failure: Failure, cause?: Cause): Setup {
  const { action: _action, method: _method, ...rest } = setup;
  const state = store.put("setup_intent", { ...rest, status: "requires_payment_method", failure });
  store.emit("setup_intent.setup_failed", "setup_intent", state, cause);
  return state;
}
