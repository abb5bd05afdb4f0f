/** Each second: closes windows that the watermark has passed, and publishes what changed. */
import { type Db, inTransaction } from "#kit/db.ts";
import { publishWindows } from "./publishing-store.ts";

const EACH_MS = 1_000;

export function publishing(db: Db, wake: () => void) {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  async function publish(): Promise<void> {
    try {
      if ((await inTransaction(db, publishWindows)) > 0) {
        wake();
      }
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
      await running;
      clearTimeout(timer);
    },
  };
}
