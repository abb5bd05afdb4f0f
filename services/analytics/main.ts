import { AnalyticsServiceDefinition } from "#gen/tradepost/analytics/v1/analytics.ts";
import { changes } from "#kit/changes.ts";
import { openLists } from "#kit/lists.ts";
import { runService } from "#kit/service.ts";
import { analyticsShape } from "./config.ts";
import { consumers } from "./consumers.ts";
import { publishing } from "./publishing.ts";
import { analyticsService } from "./service.ts";
import { whoseChanged } from "./store.ts";

await runService({
  name: "analytics",
  config: analyticsShape,
  async build({ config, db, log, relay }) {
    const lists = openLists({ db, config, name: "analytics", log });
    const watched = changes((merchantIds, last) => whoseChanged(db, merchantIds, last), log);
    const service = analyticsService({ db, counted: lists.ofEvents, changes: watched });
    return {
      rpcs: [[AnalyticsServiceDefinition, service]],
      subscriptions: consumers,
      workers: [publishing({ db, log, wake: relay.wake, by: config.WINDOWS_BY }), watched, lists],
    };
  },
});
