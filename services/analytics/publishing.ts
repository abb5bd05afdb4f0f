/** Each second: closes windows that the watermark has passed, and publishes what changed. */
import { type Db, inTransaction } from "#kit/db.ts";
import { closeWindows, publishWindows } from "./publishing-store.ts";

const EACH_MS = 1_000;

/** Where `by` is flink, the job of infra/flink publishes: twice told, changes would count twice. */
export function publishing(db: Db, wake: () => void, by: "service" | "flink") {
  const due = by === "service" ? publishWindows : closeWindows;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  async function publish(): Promise<void> {
    try {
      if ((await inTransaction(db, due)) > 0) {
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
