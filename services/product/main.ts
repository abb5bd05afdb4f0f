import { ProductServiceDefinition } from "#gen/tradepost/product/v1/product.ts";
import { runService } from "#kit/service.ts";
import { popularityWorker } from "./popularity.ts";
import { seedDemo } from "./seed.ts";
import { productService } from "./service.ts";

await runService({
  name: "product",
  async build({ db, log, relay, seed }) {
    if (seed) {
      await seedDemo(db);
    }
    return {
      rpcs: [[ProductServiceDefinition, productService({ db, wakeRelay: relay.wake })]],
      workers: [popularityWorker({ db, log })],
    };
  },
});
