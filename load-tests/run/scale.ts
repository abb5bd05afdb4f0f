/** The same load on one, two and four instances of each service and of the gateway. */
import { type K6Result, type K6Run, runK6 } from "./k6.ts";
import { ownMesh } from "./meshes.ts";

export interface Scaled {
  readonly instances: number;
  readonly result: K6Result;
}

/** Each on a mesh of its own, one after the other. */
export async function scale(
  run: Omit<K6Run, "script">,
  counts: readonly number[],
  say: (line: string) => void,
): Promise<Scaled[]> {
  const all: Scaled[] = [];
  for (const instances of counts) {
    say(`${instances} of each`);
    const { where, stop } = await ownMesh(instances);
    try {
      const result = await runK6({ ...run, env: { ...run.env, ...where }, script: "scale" });
      all.push({ instances, result });
    } finally {
      await stop();
    }
  }
  return all;
}

/** As a table of Markdown: it goes into a page as it is. */
export function scaleTable(all: readonly Scaled[]): string {
  const rows = all.map(({ instances, result: { summary } }) => [
    instances,
    summary?.perSecond ?? "–",
    summary?.overall.medianMs ?? "–",
    summary?.overall.p95Ms ?? "–",
    summary?.overall.p99Ms ?? "–",
    summary?.wrong ?? "–",
  ]);
  const heads = ["instances of each", "requests/s", "median ms", "p95 ms", "p99 ms", "wrong"];
  return [heads, heads.map(() => "---:"), ...rows].map(line).join("\n");
}

function line(cells: readonly (string | number)[]): string {
  return `| ${cells.join(" | ")} |`;
}
