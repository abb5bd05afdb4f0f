// Start order does not matter: a database that is not there yet is waited for.
import { setTimeout as delay } from "node:timers/promises";
import { asFault } from "./db-errors.ts";
import { Fault } from "./errors.ts";
import type { Log } from "./log.ts";
import { migrate } from "./migrate.ts";

export interface PatienceOptions {
  readonly url: string;
  /** The service's. */
  readonly name: string;
  readonly log: Log;
  /** Ends the wait. */
  readonly signal: AbortSignal;
}

/** Role or database may be made while we wait: invalid_password, no such role, no such database. */
const notYet = ["28P01", "28000", "3D000"];
const maxPauseMs = 2_000;

/** Brings the database up to date as soon as it is there; a migration that is wrong throws. */
export function migrateWhenThere({ url, name, log, signal }: PatienceOptions): Promise<void> {
  return whenThere(() => migrate(url, name), log, signal);
}

/** What a start needs of the database: tried again while that is away, so done again harmlessly. */
export async function whenThere<T>(
  work: () => Promise<T>,
  log: Log,
  signal?: AbortSignal,
): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      signal?.throwIfAborted();
      if (!isAway(error)) {
        throw error;
      }
      if (attempt % 10 === 0) {
        log.warn({ err: error }, "waiting for the database");
      }
      const pauseMs = Math.min(maxPauseMs, 100 * 2 ** attempt) * (0.5 + Math.random() / 2);
      await delay(pauseMs, undefined, signal && { signal });
    }
  }
}

/** Also where that is only the cause of what was thrown, as of a migration that failed. */
function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) {
    return false;
  }
  const fault = asFault(error);
  return (
    (fault instanceof Fault && fault.reason === "DEPENDENCY_DOWN") ||
    ("code" in error && notYet.includes(String(error.code))) ||
    isAway(error.cause)
  );
}
