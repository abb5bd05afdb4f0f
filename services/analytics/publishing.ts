/** Each second: closes windows that the watermark has passed, and publishes what changed. */
import { type Db, inTransaction } from "#kit/db.ts";
import { AT_ONCE, publishWindows } from "./publishing-store.ts";

const EACH_MS = 1_000;

export function publishing(db: Db, wake: () => void) {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let stopped = false;

  async function publish(): Promise<void> {
    try {
      let count: number;
      do {
        count = await inTransaction(db, publishWindows);
        if (count > 0) {
          wake();
        }
      } while (count === AT_ONCE && !stopped);
    } catch {
      // The database does not answer; the next second says whether it does.
    }
    timer = setTimeout(begin, EACH_MS);
  }

  function begin(): void {
    running = publish();
  }

  return {
    start: begin,
    async stop() {
      stopped = true;
      await running;
      clearTimeout(timer);
    },
  };
}
