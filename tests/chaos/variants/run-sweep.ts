/** `npm run chaos -- --crash-points`: each point of the code, before and after, in one living mesh. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Verdict } from "../../../infra/verify/check.ts";
import type { Quiet } from "../quiet.ts";
import { random } from "../random.ts";
import { putCrashPoints } from "./crash-points.ts";
import { copyHouse } from "./house-copy.ts";
import { runCopy } from "./run-copy.ts";
import type { SweepResult } from "./sweep.ts";

export interface Sweep extends SweepResult {
  readonly quiet: Quiet;
  readonly verdicts: readonly Verdict[];
}

interface Options {
  readonly seed: string;
  readonly signal: AbortSignal;
  say(line: string): void;
}

export async function runSweep({ seed, signal, say }: Options): Promise<Sweep> {
  const folder = await mkdtemp(join(tmpdir(), "tradepost-sweep-"));
  try {
    const copy = join(folder, "house");
    await copyHouse(copy);
    const points = join(folder, "points.json");
    // Mixed, so that one process is not killed again before it has lived a while.
    const { next } = random(seed);
    const mixed = (await putCrashPoints(copy))
      .map((point) => ({ point, at: next() }))
      .sort((a, b) => a.at - b.at);
    await writeFile(points, JSON.stringify(mixed.map(({ point }) => point)));
    const args = [join(folder, "run"), points];
    return await runCopy({ folder: copy, name: "variants/sweep-main.js", args, signal, say });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
