// What may be tried a few times only is counted like wrong passwords, in the same table.
import type { Db } from "#kit/db.ts";
import { Fault } from "#kit/errors.ts";
import { lockedUntil, withFailure } from "./lock.ts";
import { findFailures, type Pair, saveFailures } from "./sign-in-store.ts";

/**
 * Counts before it is tried, so that of many that run side by side no more than five within 15
 * minutes get through. Takes the same time whatever the pair stands for.
 */
export async function countAttempt(db: Db, pair: Pair, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const attempts = await findFailures(db, pair);
    const now = new Date();
    const until = lockedUntil(attempts, now);
    if (until) {
      throw new Fault("RATE_LIMITED", "too many attempts; try again later", {
        retryAfterMs: +until - +now,
      });
    }
    if (await saveFailures(db, pair, attempts, withFailure(attempts, now))) {
      return;
    }
  }
}
