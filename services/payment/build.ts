import { z } from "zod";
import { OrderServiceDefinition } from "#gen/tradepost/order/v1/order.ts";
import { PaymentServiceDefinition } from "#gen/tradepost/payment/v1/payment.ts";
import { durationMs } from "#kit/duration.ts";
import type { Built, Kit } from "#kit/service.ts";
import { createReconciler } from "./reconciler.ts";
import { recovery } from "./recovery.ts";
import { paymentParts, paymentService } from "./service.ts";
import { stripeProvider } from "./stripe.ts";

export const paymentShape = {
  STRIPE_SECRET_KEY: z.string().regex(/^[sr]k_\w+$/, "must be a secret or restricted key"),
  /** Absent: Stripe itself. */
  STRIPE_API_BASE: z
    .url({ protocol: /^https?$/, error: "must be an http or https address" })
    .optional(),
  STRIPE_WEBHOOK_SECRET: z
    .string()
    .transform((list) => list.split(",").map((secret) => secret.trim()))
    .refine((secrets) => secrets.every((secret) => secret !== ""), "must be a list of secrets"),
  /** Where a person comes back to from the bank's page: the shop. */
  CHECKOUT_RETURN_URL: z
    .url({ protocol: /^https?$/, error: "must be an http or https address" })
    .default("http://localhost:8080/"),
  /** How long before it ends an authorisation is renewed: `24h`. */
  RENEW_AUTHORIZATION_BEFORE: z
    .string()
    .default("24h")
    .transform((text) => durationMs(text) ?? 0)
    .refine((ms) => ms > 0 && ms < 7 * 24 * 3_600_000, "must be a time such as 24h, below 7 days"),
  /** How often Stripe, the books and the orders are compared: `15m`, `1h`. */
  RECONCILE_EVERY: z
    .string()
    .default("1h")
    .transform((text) => durationMs(text) ?? 0)
    .refine((ms) => ms > 0, "must be a time such as 15m or 1h"),
};

export function build({
  config,
  db,
  relay,
  log,
  metrics,
  client,
}: Kit<typeof paymentShape>): Built {
  const provider = stripeProvider({
    secretKey: config.STRIPE_SECRET_KEY,
    apiBase: config.STRIPE_API_BASE,
    webhookSecrets: config.STRIPE_WEBHOOK_SECRET,
    returnUrl: config.CHECKOUT_RETURN_URL,
  });
  const parts = paymentParts({ db, provider, published: relay.wake });
  const orders = client(OrderServiceDefinition);
  const reconciler = createReconciler({ ...parts, orders, log, metrics });
  return {
    rpcs: [[PaymentServiceDefinition, paymentService({ ...parts, reconciler })]],
    workers: [
      recovery({ ...parts, log, renewBeforeMs: config.RENEW_AUTHORIZATION_BEFORE }),
      reconciler.worker(config.RECONCILE_EVERY),
    ],
  };
}
