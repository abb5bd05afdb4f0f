/** Work that is done again and again as long as a process lives. */
import type { Log } from "./log.ts";
import type { Worker } from "./service.ts";

export interface RoundsOptions {
  /** From the beginning of a round to that of the next, in milliseconds; none begins while one lasts. */
  readonly everyMs: number;
  /** The first one at the start; absent: `everyMs` after it. */
  readonly isFirstAtOnce?: boolean;
  readonly log: Log;
  /** What the log says of a round that fails; the next one tries again. */
  readonly failure: string;
}

export interface Rounds extends Worker {
  start(): void;
  /** A round now; if one is under way, after it, since that may have begun too early. */
  soon(): void;
  /** Ends when the round under way has. */
  stop(): Promise<void>;
}

export function rounds(
  { everyMs, isFirstAtOnce = false, log, failure }: RoundsOptions,
  work: () => Promise<unknown>,
): Rounds {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let isAnotherWanted = false;
  let isStopped = false;

  async function round(): Promise<void> {
    do {
      isAnotherWanted = false;
      try {
        await work();
      } catch (error) {
        log.warn({ err: error }, failure);
      }
    } while (isAnotherWanted && !isStopped);
    running = undefined;
  }

  function begin(): void {
    running ??= round();
  }

  return {
    start() {
      timer = setInterval(begin, everyMs).unref();
      if (isFirstAtOnce) {
        begin();
      }
    },
    soon() {
      isAnotherWanted = true;
      begin();
    },
    async stop() {
      clearInterval(timer);
      isStopped = true;
      await running;
    },
  };
}
