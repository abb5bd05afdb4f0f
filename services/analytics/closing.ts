/** Closes windows that the watermark has passed, each second. */
import { type Db, inTransaction } from "#kit/db.ts";
import { closeWindows } from "./store.ts";

const EACH_MS = 1_000;

export function closing(db: Db, wake: () => void) {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  async function close(): Promise<void> {
    try {
      if ((await inTransaction(db, closeWindows)) > 0) {
        wake();
      }
    } catch {
      // The database does not answer; the next second says whether it does.
    }
    timer = setTimeout(begin, EACH_MS);
  }

  function begin(): void {
    running = close();
  }

  return {
    start: begin,
    async stop() {
      await running;
      clearTimeout(timer);
    },
  };
}
