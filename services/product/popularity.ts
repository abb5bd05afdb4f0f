import type { Db } from "#kit/db.ts";
import type { Log } from "#kit/log.ts";
import { rounds } from "#kit/rounds.ts";
import type { Worker } from "#kit/service.ts";
import { countPopularity } from "./counts.ts";

/** How old the order of `popular` may be. */
const everyMs = 60_000;

/** Counts at the start and then now and again what sells. Every replica does: it is one statement. */
export function popularityWorker({ db, log }: { readonly db: Db; readonly log: Log }): Worker {
  const failure = "popularity not counted";
  return rounds({ everyMs, isFirstAtOnce: true, log, failure }, () => countPopularity(db));
}
