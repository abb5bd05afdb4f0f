import { setTimeout as delay } from "node:timers/promises";
import { Fault } from "./errors.ts";

/** Beyond this many waiting items a caller is turned away; in items. */
const MAX_WAITING = 10_000;

/**
 * In a crowd a flush begins no sooner than this after the last one, in milliseconds: a statement
 * costs much the same for one item as for ten, so small flushes are what a busy machine is busy with.
 */
const CROWD_GAP_MS = 5;

interface Waiting<T, R> {
  readonly item: T;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Turns a function over lists into one over single items. What arrives while a
 * flush runs goes into the next one, so that an idle service answers at once
 * and a busy one does more with each statement. One flush runs at a time; a
 * caller that is alone never waits.
 *
 * `flush` answers one result or Error for each item, in order; what it throws
 * is thrown at all of them.
 */
export function batched<T, R>(
  flush: (items: T[]) => Promise<readonly (R | Error)[]>,
  { max = 64, gapMs = CROWD_GAP_MS }: { readonly max?: number; readonly gapMs?: number } = {},
): (item: T) => Promise<R> {
  let waiting: Waiting<T, R>[] = [];
  let flushing = false;
  let last = { begun: 0, size: 0 };

  async function flushAll(): Promise<void> {
    // Items of this very turn of the event loop go together.
    await Promise.resolve();
    while (waiting.length > 0) {
      const early = last.begun + gapMs - performance.now();
      if (last.size > 1 && early > 0 && waiting.length < max) {
        await delay(early);
      }
      const batch = waiting.slice(0, max);
      waiting = waiting.slice(max);
      last = { begun: performance.now(), size: batch.length };
      await settle(batch, flush);
    }
    flushing = false;
  }

  return (item) =>
    new Promise((resolve, reject) => {
      if (waiting.length >= MAX_WAITING) {
        reject(new Fault("OVERLOADED", "too much is waiting already", { retryAfterMs: 1_000 }));
        return;
      }
      waiting.push({ item, resolve, reject });
      if (!flushing) {
        flushing = true;
        void flushAll();
      }
    });
}

/** Never throws: whatever happens is somebody's answer. */
async function settle<T, R>(
  batch: readonly Waiting<T, R>[],
  flush: (items: T[]) => Promise<readonly (R | Error)[]>,
): Promise<void> {
  try {
    const results = await flush(batch.map(({ item }) => item));
    if (results.length !== batch.length) {
      throw new Error(`a flush of ${batch.length} items answered ${results.length}`);
    }
    for (const [index, { resolve, reject }] of batch.entries()) {
      const result = results[index] as R | Error;
      if (result instanceof Error) {
        reject(result);
      } else {
        resolve(result);
      }
    }
  } catch (error) {
    for (const { reject } of batch) {
      reject(error);
    }
  }
}
