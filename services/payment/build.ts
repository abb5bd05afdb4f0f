import { OrderServiceDefinition } from "#gen/tradepost/order/v1/order.ts";
import { PaymentServiceDefinition } from "#gen/tradepost/payment/v1/payment.ts";
import type { Built, Kit } from "#kit/service.ts";
import type { paymentShape } from "./config.ts";
import { createReconciler } from "./reconciler.ts";
import { recovery } from "./recovery.ts";
import { paymentParts, paymentService } from "./service.ts";
import { stripeProvider } from "./stripe.ts";
import { forgetting } from "./webhook-inbox.ts";

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
      forgetting(db, log),
      reconciler.worker(config.RECONCILE_EVERY),
    ],
  };
}
