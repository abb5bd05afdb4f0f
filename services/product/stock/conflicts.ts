import { setTimeout as delay } from "node:timers/promises";
import { isConflict } from "#kit/db-errors.ts";

const RETRIES = 5;

/**
 * Runs a single statement, which is its own transaction, again when the database chose it as a
 * deadlock's victim. Row order makes that rare, not impossible: VACUUM and index pages lock too.
 */
export async function steadily<T>(statement: () => Promise<T>): Promise<T> {
  for (let retry = 0; ; retry++) {
    try {
      return await statement();
    } catch (error) {
      // The pool tells a conflict as a Fault; what PostgreSQL said is its cause.
      if (retry >= RETRIES || !(error instanceof Error && isConflict(error.cause))) {
        throw error;
      }
      await delay(Math.random() * 10 * 2 ** retry);
    }
  }
}
