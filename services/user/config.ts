import { sealingShape } from "#kit/sealing.ts";

/** What this service needs of its environment besides what all do. */
export const userShape = { ...sealingShape };
