/** `npm run chaos -- --crash-points`: each point of the code, before and after, in one living mesh. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Verdict } from "../../../infra/verify/check.ts";
import type { Quiet } from "../quiet.ts";
import { random } from "../random.ts";
import { putCrashPoints } from "./crash-points.ts";
import { copyHouse } from "./house-copy.ts";

export interface Sweep {
  /** `<point>:<before|after>`, in the order of the sweep. */
  readonly died: readonly string[];
  /** Nothing came by. */
  readonly missed: readonly string[];
  readonly orders: readonly string[];
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
    return await sweepCopy(copy, [join(folder, "run"), points], signal, say);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function sweepCopy(
  copy: string,
  args: readonly string[],
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<Sweep> {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const program = join(copy, "dist/tests/chaos/variants/sweep-main.js");
  const child = spawn(process.execPath, [program, ...args], {
    cwd: copy,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  signal.addEventListener("abort", () => child.kill("SIGTERM"), { once: true });
  let out = "";
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr.on("data", (chunk) => say(String(chunk).trimEnd()));
  await once(child, "close");
  if (out === "") {
    throw new Error("the sweep ended without a result");
  }
  return JSON.parse(out);
}
