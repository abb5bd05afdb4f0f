import { z } from "zod";
import { durationMs } from "#kit/duration.ts";

/** What this service needs of its environment besides what all do. */
export const paymentShape = {
  STRIPE_SECRET_KEY: z
    .string()
    .regex(/^[sr]k_\w+$/, "must be a secret or restricted key")
    .describe("Of Stripe, or of the sandbox: sk_test_…, rk_live_…."),
  STRIPE_API_BASE: z
    .url({ protocol: /^https?$/, error: "must be an http or https address" })
    .optional()
    .describe("The sandbox's address; absent: Stripe itself."),
  STRIPE_WEBHOOK_SECRET: z
    .string()
    .transform((list) => list.split(",").map((secret) => secret.trim()))
    .refine((secrets) => secrets.every((secret) => secret !== ""), "must be a list of secrets")
    .describe("Signs Stripe's webhooks: whsec_…; a comma list while it rotates."),
  CHECKOUT_RETURN_URL: z
    .url({ protocol: /^https?$/, error: "must be an http or https address" })
    .default("http://localhost:8080/")
    .describe("Where a person comes back to from the bank's page: the shop."),
  RENEW_AUTHORIZATION_BEFORE: z
    .string()
    .default("24h")
    .transform((text) => durationMs(text) ?? 0)
    .refine((ms) => ms > 0 && ms < 7 * 24 * 3_600_000, "must be a time such as 24h, below 7 days")
    .describe("How long before it ends an authorisation is renewed."),
  RECONCILE_EVERY: z
    .string()
    .default("1h")
    .transform((text) => durationMs(text) ?? 0)
    .refine((ms) => ms > 0, "must be a time such as 15m or 1h")
    .describe("How often Stripe, the books and the orders are compared."),
};
