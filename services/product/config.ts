import { z } from "zod";
import { replicaShape } from "#kit/config.ts";

/** What this service needs of its environment besides what all do. */
export const productShape = {
  ...replicaShape,
  SWEEP_AFTER_SECONDS: z.coerce
    .number()
    .int()
    .min(1)
    .max(86_400)
    .default(300)
    .describe("The age at which a reservation is asked about at the order service."),
};
