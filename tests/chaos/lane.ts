/** One direction of a proxied connection, and what may go wrong on it. */
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Change } from "./replacing.ts";

export type Toxic =
  /** Nothing arrives until it is healed; then all does, as TCP would. */
  | { readonly kind: "black hole" }
  | { readonly kind: "latency"; readonly ms: number; readonly jitterMs: number }
  | { readonly kind: "bandwidth"; readonly bytesPerSecond: number }
  /** So many bytes pass, then the connection is reset in the midst of a message. */
  | { readonly kind: "cut"; readonly bytes: number }
  | { readonly kind: "slicer"; readonly bytes: number; readonly ms: number };

export interface Lane {
  set(toxic: Toxic | undefined): void;
}

export interface LaneOptions {
  readonly from: Socket;
  readonly to: Socket;
  /** Resets both ends. */
  cut(): void;
  readonly change?: Change | undefined;
}

/** How long the beginning of what is to be changed waits for its end. */
const KEPT_MS = 3;
/** Bytes that may wait before the sender is held back. */
const ROOM = 1 << 20;

export function openLane({ from, to, cut, change }: LaneOptions): Lane {
  let toxic: Toxic | undefined;
  let wake = () => {};
  let passed = 0;
  let count = 0;
  let waiting = 0;
  let ended = false;
  let running = false;
  const queue: { bytes: Buffer; at: number }[] = [];

  let flushing: NodeJS.Timeout | undefined;
  from.on("data", (data: Buffer) => {
    if (!change) {
      take(data);
      return;
    }
    clearTimeout(flushing);
    take(change(data));
    flushing = setTimeout(() => take(change.rest()), KEPT_MS);
  });

  function take(bytes: Buffer): void {
    if (bytes.length === 0) {
      return;
    }
    if (!toxic && !running) {
      write(bytes);
      return;
    }
    queue.push({ bytes, at: Date.now() });
    waiting += bytes.length;
    if (waiting > ROOM) {
      from.pause();
    }
    begin();
  }

  from.on("end", () => {
    ended = true;
    begin();
  });
  to.on("drain", () => from.resume());

  function write(bytes: Buffer): void {
    if (!to.destroyed && bytes.length > 0 && !to.write(bytes)) {
      from.pause();
    }
  }

  function begin(): void {
    if (!running) {
      running = true;
      void run().finally(() => {
        running = false;
      });
    }
  }

  async function run(): Promise<void> {
    for (let next = queue[0]; next && !to.destroyed; next = queue[0]) {
      await pass(next.bytes, next.at);
      queue.shift();
      waiting -= next.bytes.length;
      if (waiting <= ROOM) {
        from.resume();
      }
    }
    if (ended) {
      to.end();
    }
  }

  async function pass(bytes: Buffer, at: number): Promise<void> {
    while (toxic?.kind === "black hole" && !to.destroyed) {
      await Promise.race([changed(), sleep(1_000, undefined, { ref: false })]);
    }
    const now = toxic;
    switch (now?.kind) {
      case "latency": {
        count += 1;
        // Steps of the golden ratio lie evenly between 0 and 1.
        const jitter = ((count * 0.618034) % 1) * 2 - 1;
        const ms = now.ms + jitter * now.jitterMs - (Date.now() - at);
        await Promise.race([changed(), sleep(Math.max(0, ms), undefined, { ref: false })]);
        return write(bytes);
      }
      case "bandwidth":
        return slice(bytes, 1_024, (1_024 / now.bytesPerSecond) * 1_000);
      case "slicer":
        return slice(bytes, now.bytes, now.ms);
      case "cut": {
        const left = Math.max(0, now.bytes - passed);
        passed += bytes.length;
        if (bytes.length < left) {
          return write(bytes);
        }
        write(bytes.subarray(0, left));
        await sleep(5, undefined, { ref: false });
        return cut();
      }
      default:
        return write(bytes);
    }
  }

  async function slice(bytes: Buffer, size: number, ms: number): Promise<void> {
    for (let at = 0; at < bytes.length && !to.destroyed; at += size) {
      // Healed: the rest goes as it is.
      const end = toxic ? at + size : bytes.length;
      write(bytes.subarray(at, end));
      if (end >= bytes.length) {
        return;
      }
      await sleep(ms, undefined, { ref: false });
    }
  }

  function changed(): Promise<void> {
    return new Promise((resolve) => {
      wake = resolve;
    });
  }

  return {
    set(next) {
      toxic = next;
      passed = 0;
      wake();
    },
  };
}
