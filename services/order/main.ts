import { OrderServiceDefinition } from "#gen/tradepost/order/v1/order.ts";
import { PaymentServiceDefinition } from "#gen/tradepost/payment/v1/payment.ts";
import { ProductServiceDefinition } from "#gen/tradepost/product/v1/product.ts";
import { sagaDriver } from "#kit/saga.ts";
import { runService } from "#kit/service.ts";
import { changes } from "./changes.ts";
import { checkout } from "./checkout.ts";
import { orderShape } from "./config.ts";
import { disputes } from "./disputes.ts";
import { payBack } from "./paying-back.ts";
import { orderService } from "./service.ts";

await runService({
  name: "order",
  config: orderShape,
  async build({ db, log, relay, profile, client, config }) {
    const deps = {
      db,
      product: client(ProductServiceDefinition),
      payment: client(PaymentServiceDefinition),
      changes: changes(),
      opened: new Map(),
      capture: config.CAPTURE,
      personMs: config.PAYMENT_WAIT_SECONDS * 1_000,
      wake: () => relay.wake(),
    };
    const sagas = sagaDriver({
      db,
      log,
      kinds: { checkout: checkout(deps), ...payBack(deps) },
    });
    const defaultPaymentMethod = profile === "dev" ? "pm_card_visa" : undefined;
    return {
      rpcs: [[OrderServiceDefinition, orderService({ ...deps, sagas, defaultPaymentMethod })]],
      subscriptions: [disputes],
      workers: [sagas],
    };
  },
});
