/** What each process holds over time. A garbage collector's noise is evened out by medians. */
import { setTimeout as delay } from "node:timers/promises";
import type { Mesh } from "../../infra/dev/mesh.ts";
import { residentMb } from "../../infra/scorecard/resident.ts";

const EACH_MS = 2_000;
/** What comes after the warm-up is cut into so many windows; the first and the last are compared. */
const WINDOWS = 4;

export interface Held {
  readonly process: string;
  /** The median of each window, in MB. */
  readonly mb: readonly number[];
  /** Of the last against the first: 0.05 is five percent more. */
  readonly growth: number;
}

/** Looks until the signal; what was seen in the first `warmMs` does not count. */
export async function watchMemory(
  mesh: Mesh,
  warmMs: number,
  signal: AbortSignal,
): Promise<Held[]> {
  const begun = Date.now();
  const samples: Record<string, number>[] = [];
  while (!signal.aborted) {
    if (Date.now() - begun > warmMs) {
      samples.push(await residentMb(mesh));
    }
    await delay(EACH_MS, undefined, { signal }).catch(() => {});
  }
  return Object.keys(mesh.processes).map((process) => held(process, samples));
}

export function held(process: string, samples: readonly Record<string, number>[]): Held {
  const size = Math.floor(samples.length / WINDOWS);
  const mb = Array.from({ length: WINDOWS }, (_, at) => {
    const window = samples.slice(at * size, (at + 1) * size);
    return median(window.map((sample) => sample[process] ?? 0));
  });
  return { process, mb, growth: (mb.at(-1) ?? 0) / (mb[0] ?? 0) - 1 };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** For a person: `order     80.1   80.9   81.0   81.2 MB   +1.4 %`. */
export function inWords({ process, mb, growth }: Held): string {
  const windows = mb.map((one) => one.toFixed(1).padStart(8)).join("");
  const sign = growth < 0 ? "" : "+";
  return `      ${process.padEnd(13)}${windows} MB  ${sign}${(growth * 100).toFixed(1)} %`;
}
