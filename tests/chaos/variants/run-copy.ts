import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

interface Run {
  readonly verdicts: readonly {
    readonly id: string;
    readonly name: string;
    readonly count: number;
  }[];
}

/** Runs the chaos program of a copy of the house; answers which invariants were broken. */
export async function runCopy(
  folder: string,
  flags: readonly string[],
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<string[]> {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const program = join(folder, "dist/tests/chaos/main.js");
  const child = spawn(process.execPath, [program, ...flags], {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  // It stops its mesh itself.
  signal.addEventListener("abort", () => child.kill("SIGTERM"), { once: true });
  let out = "";
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    for (const line of String(chunk).trimEnd().split("\n")) {
      say(`  ${line}`);
    }
  });
  await once(child, "close");
  const { runs } = readSummary(out);
  return runs
    .flatMap(({ verdicts }) => verdicts)
    .filter(({ count }) => count > 0)
    .map(({ id, name }) => `${id} ${name}`);
}

/** A run that could not even begin is no catch. */
function readSummary(out: string): { readonly runs: readonly Run[] } {
  try {
    return JSON.parse(out);
  } catch {
    throw new Error(`the chaos run of a copy ended without a summary: ${out.slice(-500)}`);
  }
}
