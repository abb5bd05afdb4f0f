import { setTimeout as delay } from "node:timers/promises";
import type { Log } from "./log.ts";

/** What was started, to be ended in the opposite order. */
export interface Stops {
  /** Aborted when the end begins: a start that is still under way gives up. */
  readonly signal: AbortSignal;
  add(what: string, stop: () => Promise<void>): void;
  /** Ends everything once; a part that fails does not keep the rest from ending. */
  readonly run: () => Promise<void>;
  wait(ms: number): Promise<void>;
}

export function createStops(log: Log): Stops {
  const steps: { what: string; stop: () => Promise<void> }[] = [];
  const controller = new AbortController();
  let running: Promise<void> | undefined;
  async function runAll(): Promise<void> {
    controller.abort();
    for (const { what, stop } of steps.toReversed()) {
      log.debug({ what }, "stopping");
      await stop().catch((error: unknown) => log.warn({ what, err: error }, "did not stop well"));
    }
  }
  return {
    signal: controller.signal,
    add: (what, stop) => void steps.push({ what, stop }),
    run: () => (running ??= runAll()),
    wait: (ms) => (ms > 0 ? delay(ms) : Promise.resolve()),
  };
}
