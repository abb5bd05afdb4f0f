import { z } from "zod";
import { PaymentServiceDefinition } from "#gen/tradepost/payment/v1/payment.ts";
import type { Built, Kit } from "#kit/service.ts";
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
};

export function build({ config, db, relay, log }: Kit<typeof paymentShape>): Built {
  const provider = stripeProvider({
    secretKey: config.STRIPE_SECRET_KEY,
    apiBase: config.STRIPE_API_BASE,
    webhookSecrets: config.STRIPE_WEBHOOK_SECRET,
  });
  const parts = paymentParts({ db, provider, published: relay.wake });
  return {
    rpcs: [[PaymentServiceDefinition, paymentService(parts)]],
    workers: [recovery({ ...parts, log })],
  };
}
