/** Where a process may die: around every await of what drives an order through the mesh. */
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { instrument } from "./instrument.ts";

/** In dist/services: sagas, relay, consumers, and how payment charges, refunds and hears. */
const FILES = [
  "kit/saga.js",
  "kit/relay.js",
  "kit/publisher.js",
  "kit/intake.js",
  "kit/idempotency.js",
  "order/checkout.js",
  "order/asking.js",
  "order/following.js",
  "order/paying-back.js",
  "order/acting.js",
  "order/cancelling.js",
  "order/placing.js",
  "order/shipping.js",
  "payment/charging.js",
  "payment/recording.js",
  "payment/refunding.js",
  "payment/hearing.js",
];

const HOOK = "dist/tests/chaos/variants/crash-hook.js";

/** Changes the copy's files; answers the points that they have now. */
export async function putCrashPoints(copy: string): Promise<string[]> {
  const points: string[] = [];
  for (const file of FILES) {
    const path = join(copy, "dist/services", file);
    const hook = relative(dirname(path), join(copy, HOOK));
    const changed = instrument(await readFile(path, "utf8"), file, hook);
    await writeFile(path, changed.code);
    points.push(...changed.points);
  }
  return points;
}
