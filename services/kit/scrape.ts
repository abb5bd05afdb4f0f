// What is asked of others when somebody reads the metrics.
import { setTimeout as delay } from "node:timers/promises";

/** A scraper has its own patience; what it does not get it is told the next time. */
const PATIENCE_MS = 1_000;

/**
 * One question serves all gauges that are read at once, and everybody who asks within `freshMs`.
 * Undefined while there is no answer: then the last figures stay.
 */
export function asked<T>(ask: () => Promise<T>, freshMs = 0): () => Promise<T | undefined> {
  let asking: Promise<T | undefined> | undefined;
  let since = 0;
  return () => {
    if (asking && (since === 0 || Date.now() - since < freshMs)) {
      return asking;
    }
    since = 0;
    const late = delay(PATIENCE_MS, undefined, { ref: false });
    // That whoever is asked is away, is told elsewhere.
    const answer = ask().catch(() => undefined);
    const mine = Promise.race([answer, late]);
    asking = mine;
    void mine.finally(() => {
      since = Date.now();
    });
    return mine;
  };
}
