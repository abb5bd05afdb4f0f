/** Tells those who watch rows of the database that some have changed, whichever process did it. */
import type { Log } from "./log.ts";
import { rounds } from "./rounds.ts";
import type { Worker } from "./service.ts";

/** How often to look, while anybody watches, in milliseconds. */
const LOOK_MS = 250;

/**
 * How long after its `update_time` a change may be seen for the first time, in milliseconds: others
 * see it at the end of its transaction.
 */
export const LATE_MS = 5_000;

export interface Look {
  /** The database's time of it. */
  readonly at: Date;
  /** Of the keys asked for, those of whose rows some changed since the last look less LATE_MS. */
  readonly changed: readonly string[];
}

export interface Changes extends Worker {
  /** Until a row of the key's may have changed, or `signal` is aborted. */
  next(key: string, signal: AbortSignal): Promise<void>;
  /** The database's time. */
  now(): Promise<Date>;
}

/**
 * One statement a look, however many watch.
 * @param look `last` is the time of the last look; undefined: of this one
 */
export function changes(
  look: (keys: readonly string[], last: Date | undefined) => Promise<Look>,
  log: Log,
): Changes {
  const listeners = new Map<string, Set<() => void>>();
  let looked: Date | undefined;

  async function lookAround(): Promise<void> {
    if (listeners.size === 0) {
      looked = undefined;
      return;
    }
    const { at, changed } = await look([...listeners.keys()], looked);
    looked = at;
    for (const key of changed) {
      for (const wake of [...(listeners.get(key) ?? [])]) {
        wake();
      }
    }
  }

  const failure = "changes could not be looked for";
  const looking = rounds({ everyMs: LOOK_MS, log, failure }, lookAround);
  return {
    start: looking.start,
    stop: looking.stop,
    async now() {
      return (await look([], undefined)).at;
    },
    next(key, signal) {
      return new Promise((resolve) => {
        const waiting = listeners.get(key) ?? new Set();
        const wake = () => {
          signal.removeEventListener("abort", wake);
          waiting.delete(wake);
          if (waiting.size === 0 && listeners.get(key) === waiting) {
            listeners.delete(key);
          }
          resolve();
        };
        signal.addEventListener("abort", wake);
        listeners.set(key, waiting.add(wake));
        if (signal.aborted) {
          wake();
        }
      });
    },
  };
}
