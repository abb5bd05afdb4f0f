/** chaos-report/: a JSON file for each run, and one page for people. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { page } from "./page.ts";
import type { RunResult } from "./run.ts";

export async function writeReport(dir: string, results: readonly RunResult[]): Promise<void> {
  const latest = results.at(-1);
  if (latest) {
    const { entries: _, ...rest } = latest;
    await writeFile(join(dir, `seed-${latest.seed}.json`), `${JSON.stringify(rest, bigints, 2)}\n`);
  }
  await writeFile(join(dir, "index.html"), page(results));
}

function bigints(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
