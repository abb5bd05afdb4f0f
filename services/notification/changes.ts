/** Tells those who watch an inbox that something in it has changed, whichever process did it. */
import type { Db } from "#kit/db.ts";
import type { Log } from "#kit/log.ts";
import type { Worker } from "#kit/service.ts";
import { whoseChanged } from "./inbox-store.ts";

/** How often to look, while anybody watches, in milliseconds. */
const LOOK_MS = 250;
export interface Changes extends Worker {
  /** Until something of the person's may have changed, or `signal` is aborted. */
  next(userId: string, signal: AbortSignal): Promise<void>;
}

/** One statement a look, however many watch. */
export function changes(db: Db, log: Log): Changes {
  const listeners = new Map<string, Set<() => void>>();
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | undefined;
  let looked: Date | undefined;

  async function look(): Promise<void> {
    const { at, changed } = await whoseChanged(db, [...listeners.keys()], looked);
    looked = at;
    for (const userId of changed) {
      for (const wake of [...(listeners.get(userId) ?? [])]) {
        wake();
      }
    }
  }

  function tick(): void {
    if (listeners.size === 0) {
      looked = undefined;
    } else {
      looking ??= look()
        .catch((error) => log.warn({ err: error }, "inboxes could not be looked at"))
        .finally(() => {
          looking = undefined;
        });
    }
  }

  return {
    start() {
      timer = setInterval(tick, LOOK_MS);
    },
    async stop() {
      clearInterval(timer);
      await looking;
    },
    next(userId, signal) {
      return new Promise((resolve) => {
        const waiting = listeners.get(userId) ?? new Set();
        const wake = () => {
          signal.removeEventListener("abort", wake);
          waiting.delete(wake);
          if (waiting.size === 0 && listeners.get(userId) === waiting) {
            listeners.delete(userId);
          }
          resolve();
        };
        signal.addEventListener("abort", wake);
        listeners.set(userId, waiting.add(wake));
        if (signal.aborted) {
          wake();
        }
      });
    },
  };
}
