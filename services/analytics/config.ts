import { replicaShape } from "#kit/config.ts";

/** What this service needs of its environment besides what all do. */
export const analyticsShape = { ...replicaShape };
