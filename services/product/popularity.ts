import type { Db } from "#kit/db.ts";
import type { Log } from "#kit/log.ts";
import { countPopularity } from "./counts.ts";

/** How old the order of `popular` may be. */
const intervalMs = 60_000;

/** Counts now and then what sells. Every replica does: it is one statement. */
export function popularityWorker({ db, log }: { readonly db: Db; readonly log: Log }) {
  let timer: NodeJS.Timeout | undefined;
  let counting: Promise<void> = Promise.resolve();

  function count(): void {
    counting = countPopularity(db).catch((error: unknown) => {
      log.warn({ err: error }, "popularity not counted");
    });
  }

  return {
    start() {
      count();
      timer = setInterval(count, intervalMs);
    },
    async stop() {
      clearInterval(timer);
      await counting;
    },
  };
}
