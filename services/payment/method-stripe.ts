// Customers, setup intents and payment methods at Stripe.
import type Stripe from "stripe";
import { Fault } from "#kit/errors.ts";
import type { Card, MethodProvider, Setup } from "./method-provider.ts";
import { Refused } from "./provider.ts";
import { actionOf, type GuardedCall } from "./stripe-answers.ts";

const withMethod = { expand: ["payment_method"] };

export function stripeMethods(
  stripe: Stripe,
  call: GuardedCall,
  returnUrl: string,
): MethodProvider {
  return {
    createCustomer: (userId, key) =>
      call("creating a customer", async () => {
        const wish = { metadata: { user_id: userId } };
        return (await stripe.customers.create(wish, { idempotencyKey: key })).id;
      }),

    createSetup: ({ userId, customerId, paymentMethod }, key) =>
      call("creating a setup", () =>
        stripe.setupIntents
          .create(
            {
              ...withMethod,
              customer: customerId,
              usage: "off_session",
              automatic_payment_methods: { enabled: true, allow_redirects: "never" },
              metadata: { user_id: userId },
              ...(paymentMethod !== undefined && {
                payment_method: paymentMethod,
                confirm: true,
                return_url: returnUrl,
              }),
            },
            { idempotencyKey: key },
          )
          .then(setupOf, otherWish),
      ),

    readSetup: (id) =>
      call("reading a setup", async () =>
        setupOf(await stripe.setupIntents.retrieve(id, withMethod)),
      ),

    detachMethod: (id) =>
      call("detaching a payment method", async () => {
        await stripe.paymentMethods.detach(id);
      }).catch((error) => {
        // It is nobody's any more, or it is gone.
        if (!(error instanceof Refused)) {
          throw error;
        }
      }),
  };
}

/** Our keys are made of the caller's, so it is the caller who used one twice. */
function otherWish(error: unknown): never {
  const { rawType, statusCode } = error as { rawType?: string; statusCode?: number };
  if (rawType === "idempotency_error" && statusCode === 400) {
    throw new Fault("IDEMPOTENCY_KEY_REUSED", "the idempotency key was used for another request", {
      cause: error,
    });
  }
  throw error;
}

function setupOf(setup: Stripe.SetupIntent): Setup {
  const { customer, payment_method: method } = setup;
  return {
    id: setup.id,
    customerId: typeof customer === "string" ? customer : (customer?.id ?? ""),
    clientSecret: setup.client_secret ?? "",
    action: setup.status === "requires_action" ? actionOf(setup) : undefined,
    method: setup.status === "succeeded" ? cardOf(method) : undefined,
  };
}

function cardOf(method: Stripe.SetupIntent["payment_method"]): Card | undefined {
  if (method === null || typeof method === "string" || !method.card) {
    return undefined;
  }
  const { brand, last4, exp_month: expMonth, exp_year: expYear } = method.card;
  return { id: method.id, brand, last4, expMonth, expYear };
}
