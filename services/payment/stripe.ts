// The only file that knows the stripe package.
import http from "node:http";
import https from "node:https";
import Stripe from "stripe";
import { Fault } from "#kit/errors.ts";
import { createBreakers } from "./breakers.ts";
import { stripeDisputes } from "./dispute-stripe.ts";
import type { Intent } from "./intent.ts";
import { stripeMethods } from "./method-stripe.ts";
import { stripeTransfers } from "./payout-stripe.ts";
import { OutcomeUnknown, type Provider, type ProviderRefund, Refused } from "./provider.ts";
import { stripeListing } from "./reconcile-stripe.ts";
import { abandoned, intentOf, refundOf } from "./stripe-answers.ts";
import { eventReader } from "./webhook-event.ts";

export interface StripeOptions {
  readonly secretKey: string;
  /** Absent: Stripe itself. */
  readonly apiBase?: string | undefined;
  /** Any of them may have signed: two while a secret is rolled. */
  readonly webhookSecrets: readonly string[];
  /** Where a person comes back to from the bank's page. */
  readonly returnUrl: string;
  readonly timeoutMs?: number;
}

/** Above Stripe's own slowest; what is not answered by then is looked up later. */
const TIMEOUT_MS = 10_000;

const withFee = { expand: ["latest_charge.balance_transaction"] };

export function stripeProvider(options: StripeOptions): Provider {
  const base = options.apiBase === undefined ? undefined : new URL(options.apiBase);
  const stripe = new Stripe(options.secretKey, {
    httpAgent: agentFor(base),
    // What became of a call is found out with knowledge of what it was.
    maxNetworkRetries: 0,
    timeout: options.timeoutMs ?? TIMEOUT_MS,
    telemetry: false,
    ...(base && {
      host: base.hostname,
      port: base.port || (base.protocol === "https:" ? 443 : 80),
      protocol: base.protocol === "https:" ? "https" : "http",
    }),
  });
  const guarded = createBreakers((error) => error instanceof OutcomeUnknown && !error.isBusy);
  const call = <T>(name: string, work: () => Promise<T>): Promise<T> =>
    guarded(name, () => withoutStack(work).catch((error) => Promise.reject(told(error, name))));

  const readIntent = async (id: string) =>
    intentOf(await stripe.paymentIntents.retrieve(id, withFee));

  /** A decline, and a try that came too late, tell how the intent is. */
  function intentInError(error: unknown): Intent | Promise<Intent> {
    if (!(error instanceof Stripe.errors.StripeError && error.payment_intent)) {
      throw error;
    }
    const intent = intentOf(error.payment_intent);
    // What is recorded is read afresh: here the fee is missing, and how long it may be captured.
    const { kind } = intent.state;
    return kind === "succeeded" || kind === "authorized" ? readIntent(intent.id) : intent;
  }

  return {
    createIntent: ({ orderId, paymentId, userId, currency, amount, ...wish }, key) =>
      call("creating an intent", async () =>
        intentOf(
          await stripe.paymentIntents.create(
            {
              amount: Number(amount),
              currency: currency.toLowerCase(),
              payment_method: wish.paymentMethod,
              ...(wish.customerId && { customer: wish.customerId }),
              // Methods that always redirect are for a shop that knows of them.
              automatic_payment_methods: { enabled: true, allow_redirects: "never" },
              // `automatic_async` would tell the fee only a while after the charge.
              capture_method: wish.capture === "on_shipment" ? "manual" : "automatic",
              metadata: { order_id: orderId, payment_id: paymentId, user_id: userId },
            },
            { idempotencyKey: key },
          ),
        ),
      ),

    confirmIntent: (id, key, who = "buyer") =>
      call("confirming an intent", () =>
        stripe.paymentIntents
          .confirm(
            id,
            {
              ...withFee,
              ...(who === "buyer" ? { return_url: options.returnUrl } : { off_session: true }),
            },
            { idempotencyKey: key },
          )
          .then(intentOf, intentInError),
      ),

    captureIntent: (id, key) =>
      call("capturing an intent", () =>
        stripe.paymentIntents
          .capture(id, withFee, { idempotencyKey: key })
          .then(intentOf, (error) => {
            if (error.payment_intent?.status === "requires_capture") {
              throw error;
            }
            return intentInError(error);
          }),
      ),

    readIntent: (id) => call("reading an intent", () => readIntent(id)),

    cancelIntent: (id, key, why) =>
      call("cancelling an intent", () =>
        stripe.paymentIntents
          .cancel(
            id,
            { cancellation_reason: why === "declined" ? abandoned : "requested_by_customer" },
            { idempotencyKey: key },
          )
          .then(intentOf, intentInError),
      ),

    createRefund: ({ refundId, paymentId, orderId, intentId, amount }, key) =>
      call("creating a refund", async () =>
        refundOf(
          await stripe.refunds.create(
            {
              payment_intent: intentId,
              amount: Number(amount),
              metadata: { refund_id: refundId, payment_id: paymentId, order_id: orderId },
            },
            { idempotencyKey: key },
          ),
        ),
      ),

    readRefund: (id) =>
      call("reading a refund", async () => refundOf(await stripe.refunds.retrieve(id))),

    listRefunds: (intentId) =>
      call("listing refunds", async () => {
        const found: ProviderRefund[] = [];
        for await (const refund of stripe.refunds.list({ payment_intent: intentId, limit: 100 })) {
          found.push(refundOf(refund));
        }
        return found;
      }),

    ...stripeMethods(stripe, call, options.returnUrl),
    ...stripeTransfers(stripe, call),
    ...stripeDisputes(stripe, call),
    ...stripeListing(stripe, call),

    readEvent: eventReader(stripe.webhooks, options.webhookSecrets),
  };
}

/** The connection used last is taken first, so that few stay open. */
function agentFor(base: URL | undefined): http.Agent {
  const options = { keepAlive: true, maxSockets: 256, scheduling: "lifo" } as const;
  return base?.protocol === "http:" ? new http.Agent(options) : new https.Agent(options);
}

/** What an error of the package means: nothing was done and never will be, or nobody knows. */
function told(error: unknown, what: string): unknown {
  if (!(error instanceof Stripe.errors.StripeError)) {
    return error;
  }
  const { statusCode = 0, code, headers } = error;
  const isRefusal =
    (statusCode === 400 || statusCode === 402 || statusCode === 404) &&
    error.rawType !== "idempotency_error" &&
    code !== "rate_limit" &&
    code !== "lock_timeout";
  if (isRefusal) {
    return new Refused(error.decline_code || code || "invalid_request", error);
  }
  if (statusCode === 401 || statusCode === 403) {
    return new Fault("DEPENDENCY_DOWN", "the payment provider does not take our key", {
      cause: error,
      retryAfterMs: 10_000,
    });
  }
  const isKeySpent = statusCode >= 500 && headers?.["idempotent-replayed"] === "true";
  const isBusy = statusCode >= 400 && statusCode < 500;
  const isOthersKey = error.rawType === "idempotency_error";
  return new OutcomeUnknown(what, { cause: error, isKeySpent, isBusy, isOthersKey });
}

/** The package takes a stack trace at each call, which costs more than the rest of the call. */
function withoutStack<T>(call: () => Promise<T>): Promise<T> {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return call();
  } finally {
    Error.stackTraceLimit = limit;
  }
}
