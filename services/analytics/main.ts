import { AnalyticsServiceDefinition } from "#gen/tradepost/analytics/v1/analytics.ts";
import { runService } from "#kit/service.ts";
import { closing } from "./closing.ts";
import { consumers } from "./consumers.ts";
import { analyticsService } from "./service.ts";

await runService({
  name: "analytics",
  async build({ db, relay }) {
    return {
      rpcs: [[AnalyticsServiceDefinition, analyticsService({ db })]],
      subscriptions: consumers,
      workers: [closing(db, () => relay.wake())],
    };
  },
});
