// Only ever imported by an instrumented copy: see instrument.ts.
import { appendFileSync, readFileSync, unlinkSync } from "node:fs";

/** Holds `<point>:<before|after>` while one is armed; whoever comes by deletes it, and dies. */
const armed = process.env.CRASH_ARMED ?? "";
/** Gets a line for each point that a process comes by the first time. */
const seenFile = process.env.CRASH_SEEN ?? "";

const seen = new Set<string>();

export async function crashPoint<T>(point: string, begin: () => T): Promise<Awaited<T>> {
  pass(point, "before");
  const value = await begin();
  pass(point, "after");
  return value;
}

function pass(point: string, when: "before" | "after"): void {
  if (seenFile && !seen.has(point)) {
    seen.add(point);
    appendFileSync(seenFile, `${point}\n`);
  }
  if (armed && wanted() === `${point}:${when}`) {
    try {
      unlinkSync(armed);
    } catch {
      // Another process was quicker: one dies, not two.
      return;
    }
    process.kill(process.pid, "SIGKILL");
  }
}

function wanted(): string | undefined {
  try {
    return readFileSync(armed, "utf8");
  } catch {
    return undefined;
  }
}
