import { z } from "zod";
import { OrderServiceDefinition } from "#gen/tradepost/order/v1/order.ts";
import { ProductServiceDefinition } from "#gen/tradepost/product/v1/product.ts";
import { whenThere } from "#kit/patience.ts";
import { runService } from "#kit/service.ts";
import { popularityWorker } from "./popularity.ts";
import { seedDemo } from "./seed.ts";
import { productService } from "./service.ts";
import { reservationMetrics, sweeper } from "./stock/sweeper.ts";

await runService({
  name: "product",
  config: {
    /** How old a reservation is before the order service is asked what became of its order. */
    SWEEP_AFTER_SECONDS: z.coerce.number().int().min(1).max(86_400).default(300),
  },
  async build({ config, db, log, metrics, relay, seed, client }) {
    if (seed) {
      await whenThere(() => seedDemo(db), log);
    }
    reservationMetrics(db, metrics);
    const orders = client(OrderServiceDefinition);
    const afterSeconds = config.SWEEP_AFTER_SECONDS;
    return {
      rpcs: [[ProductServiceDefinition, productService({ db, wakeRelay: relay.wake })]],
      workers: [popularityWorker({ db, log }), sweeper({ db, orders, log, afterSeconds })],
    };
  },
});
