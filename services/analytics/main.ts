import { AnalyticsServiceDefinition } from "#gen/tradepost/analytics/v1/analytics.ts";
import { runService } from "#kit/service.ts";

import { consumers } from "./consumers.ts";
import { publishing } from "./publishing.ts";
import { analyticsService } from "./service.ts";

await runService({
  name: "analytics",
  async build({ db, relay }) {
    return {
      rpcs: [[AnalyticsServiceDefinition, analyticsService({ db })]],
      subscriptions: consumers,
      workers: [publishing(db, () => relay.wake())],
    };
  },
});
