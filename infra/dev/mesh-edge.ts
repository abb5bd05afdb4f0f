import { join } from "node:path";
import type { StartProcess } from "./crew.ts";
import { inherited } from "./environment.ts";
import { startNode } from "./node-process.ts";
import type { PortPlan } from "./port-plan.ts";
import type { StripeSecrets } from "./secrets.ts";

/** The variables of payment that say which Stripe it talks to. */
export function stripeVariables(
  given: NodeJS.ProcessEnv,
  ports: PortPlan,
  { secretKey, webhookSecret }: StripeSecrets,
): Record<string, string> {
  if (given.STRIPE_SECRET_KEY) {
    return {
      STRIPE_SECRET_KEY: given.STRIPE_SECRET_KEY,
      // Without it no webhook is believed: the made one is known to nobody.
      STRIPE_WEBHOOK_SECRET: given.STRIPE_WEBHOOK_SECRET || webhookSecret,
      ...(given.STRIPE_API_BASE && { STRIPE_API_BASE: given.STRIPE_API_BASE }),
    };
  }
  return {
    STRIPE_SECRET_KEY: secretKey,
    STRIPE_WEBHOOK_SECRET: webhookSecret,
    STRIPE_API_BASE: `http://127.0.0.1:${ports.stripe}`,
  };
}

/** The process of edge.ts; its sandbox stays out where real Stripe is used. */
export function edge(options: {
  readonly dir: string;
  readonly log: string;
  readonly given: NodeJS.ProcessEnv;
  readonly ports: PortPlan;
  readonly stripe: Readonly<Record<string, string>>;
}): StartProcess {
  const { dir, log, given, ports, stripe } = options;
  const env = {
    ...inherited(given),
    SMTP_PORT: String(ports.smtp),
    MAIL_PORT: String(ports.mail),
    ...(!given.STRIPE_SECRET_KEY && {
      ...stripe,
      STRIPE_PORT: String(ports.stripe),
      SANDBOX_DIR: join(dir, "sandbox"),
      SANDBOX_WEBHOOK_URL: `http://127.0.0.1:${ports.gateway}/webhooks/stripe`,
    }),
  };
  return (_, spawned) => startNode("infra/dev/edge.js", { env, log }, spawned);
}
