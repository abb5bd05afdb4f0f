// After databases were brought back by other means than `restore`: from a base backup and the log.
import { services } from "../dev/services.ts";
import { forEach, withConnections } from "./connect.ts";
import { refuseUsedKafka } from "./kafka.ts";
import { rejoin } from "./rejoin.ts";
import type { Target } from "./restore.ts";
import { refuseServicesAtWork } from "./target.ts";

/** Answers how many events the outboxes will send again. */
export async function republish({
  databaseUrls,
  brokers,
}: Pick<Target, "databaseUrls" | "brokers">): Promise<number> {
  if (brokers !== "") {
    await refuseUsedKafka(brokers);
  }
  return withConnections(databaseUrls, "tradepost-republish", async (clients) => {
    await refuseServicesAtWork(clients);
    await forEach((service) => clients[service].query("begin"));
    const events = await forEach((service) => rejoin(clients[service]));
    for (const service of services) {
      await clients[service].query("commit");
    }
    return services.reduce((sum, service) => sum + events[service], 0);
  });
}
