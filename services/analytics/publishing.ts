/** Each second: closes windows that the watermark has passed, and publishes what changed. */
import { type Db, inTransaction } from "#kit/db.ts";
import type { Log } from "#kit/log.ts";
import { rounds } from "#kit/rounds.ts";
import { AT_ONCE, closeWindows, publishWindows } from "./publishing-store.ts";

export interface PublishingOptions {
  readonly db: Db;
  readonly log: Log;
  /** Tells that events wait in the outbox. */
  readonly wake: () => void;
  /** flink: the job of infra/flink publishes. Twice told, changes would count twice. */
  readonly by: "service" | "flink";
}

const EVERY_MS = 1_000;

export function publishing({ db, log, wake, by }: PublishingOptions) {
  const due = by === "service" ? publishWindows : closeWindows;
  const failure = "changed windows could not be published";
  const options = { everyMs: EVERY_MS, isFirstAtOnce: true, log, failure };
  const publisher = rounds(options, async () => {
    const count = await inTransaction(db, due);
    if (count > 0) {
      wake();
    }
    if (count === AT_ONCE) {
      publisher.soon();
    }
  });
  return publisher;
}
