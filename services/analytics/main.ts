import { AnalyticsServiceDefinition } from "#gen/tradepost/analytics/v1/analytics.ts";
import { openLists } from "#kit/lists.ts";
import { runService } from "#kit/service.ts";
import { analyticsShape } from "./config.ts";
import { consumers } from "./consumers.ts";
import { publishing } from "./publishing.ts";
import { analyticsService } from "./service.ts";

await runService({
  name: "analytics",
  config: analyticsShape,
  async build({ config, db, log, relay }) {
    const lists = openLists({ db, config, name: "analytics", log });
    return {
      rpcs: [[AnalyticsServiceDefinition, analyticsService({ windows: lists.ofEvents })]],
      subscriptions: consumers,
      workers: [publishing(db, () => relay.wake()), lists],
    };
  },
});
