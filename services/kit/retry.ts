import { setTimeout as delay } from "node:timers/promises";
import { Fault } from "./errors.ts";

export interface RetryPolicy {
  readonly tries: number;
  readonly firstMs: number;
  readonly maxMs: number;
}

/** How long to wait after the nth failure: five times as long each time, with jitter. */
export function waitMs({ firstMs, maxMs }: RetryPolicy, failures: number): number {
  return jittered(Math.min(firstMs * 5 ** (failures - 1), maxMs));
}

/** Half to one and a half times as long. */
export function jittered(ms: number): number {
  return ms * (0.5 + Math.random());
}

/** Whether something that this service stands on is away, whatever the work was. */
export function isDown(error: unknown): boolean {
  return (
    error instanceof Fault &&
    (error.reason === "DEPENDENCY_DOWN" || error.reason === "SHUTTING_DOWN")
  );
}

/** Too much at once, or a statement that takes too long: this cannot tell which. */
export function isSlow(error: unknown): boolean {
  return error instanceof Fault && error.reason === "OVERLOADED";
}

/** Tries until it works or `state` says stopped; `complain` hears the first error only. */
export async function eventually(
  work: () => Promise<void>,
  state: { readonly stopped: boolean },
  complain: (error: unknown) => void,
): Promise<void> {
  for (let tries = 0; !state.stopped; tries++) {
    try {
      await work();
      return;
    } catch (error) {
      if (tries === 0) {
        complain(error);
      }
      await delay(jittered(1_000));
    }
  }
}
