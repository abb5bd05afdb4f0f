// What nobody waits for: key rotation, and rows that have had their time.
import type { Db } from "#kit/db.ts";
import type { Log } from "#kit/log.ts";
import type { Keyring } from "./keyring.ts";
import { prune } from "./session-store.ts";

/** Far below the five minutes between a new key's publication and its first use. */
const everyMs = 60_000;

export function housekeeping(db: Db, keyring: Keyring, log: Log) {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  async function keepHouse(): Promise<void> {
    try {
      await keyring.refresh();
      await prune(db);
    } catch (error) {
      log.warn({ err: error }, "housekeeping failed; the next round tries again");
    }
  }

  return {
    start(): void {
      timer = setInterval(() => {
        running = keepHouse();
      }, everyMs).unref();
    },
    async stop(): Promise<void> {
      clearInterval(timer);
      await running;
    },
  };
}
