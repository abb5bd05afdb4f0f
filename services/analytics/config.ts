import { z } from "zod";
import { replicaShape } from "#kit/config.ts";

/** What this service needs of its environment besides what all do. */
export const analyticsShape = {
  ...replicaShape,
  WINDOWS_BY: z
    .enum(["service", "flink"])
    .default("service")
    .describe("Who publishes windows: this service, or the job of infra/flink beside it."),
};
