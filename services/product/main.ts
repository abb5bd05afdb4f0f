import { OrderServiceDefinition } from "#gen/tradepost/order/v1/order.ts";
import { ProductServiceDefinition } from "#gen/tradepost/product/v1/product.ts";
import { openLists } from "#kit/lists.ts";
import { whenThere } from "#kit/patience.ts";
import { runService } from "#kit/service.ts";
import { productShape } from "./config.ts";
import { popularityWorker } from "./popularity.ts";
import { seedDemo } from "./seed.ts";
import { productService } from "./service.ts";
import { reservationMetrics, sweeper } from "./stock/sweeper.ts";

await runService({
  name: "product",
  config: productShape,
  async build({ config, db, log, metrics, relay, seed, client }) {
    if (seed) {
      await whenThere(() => seedDemo(db), log);
    }
    reservationMetrics(db, metrics);
    const lists = openLists({ db, config, name: "product", log });
    const orders = client(OrderServiceDefinition);
    const afterSeconds = config.SWEEP_AFTER_SECONDS;
    return {
      rpcs: [[ProductServiceDefinition, productService({ db, lists, wakeRelay: relay.wake })]],
      workers: [popularityWorker({ db, log }), sweeper({ db, orders, log, afterSeconds }), lists],
    };
  },
});
