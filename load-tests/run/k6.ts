/** Runs a script of load-tests/k6 by k6, which is fetched and compiled the first time. */
import { spawn } from "node:child_process";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../../infra/dev/root.ts";
import { type GoTool, goTool } from "../../infra/tools/go-tool.ts";
import type { Summary } from "./summary.ts";

export const k6: GoTool = { name: "k6", module: "go.k6.io/k6", version: "v1.8.1" };

export interface K6Run {
  readonly script: string;
  /** What the script is told of its mesh, and whether it is to be short. */
  readonly env: Readonly<Record<string, string>>;
  /** Over what the script says itself. */
  readonly vus?: number;
  readonly duration?: string;
  /** Where the summaries go. */
  readonly reportDir: string;
  /** Whether k6 may write to the terminal. */
  readonly silent?: boolean;
}

export interface K6Result {
  /** Whether every threshold held. */
  readonly passed: boolean;
  /** What k6 said, if it was silent. */
  readonly output: string;
  /** Absent where the run did not get so far. */
  readonly summary: Summary | undefined;
}

/** Where k6 is, compiled now if it is not there. */
export function findK6(): Promise<string> {
  return goTool(k6);
}

export async function runK6(run: K6Run): Promise<K6Result> {
  const { script, env, vus, duration, reportDir, silent } = run;
  const program = await findK6();
  const report = join(reportDir, `${script}.json`);
  await mkdir(reportDir, { recursive: true });
  await rm(report, { force: true });
  const args = ["run", "--no-usage-report", "--address", ""];
  args.push(...(vus === undefined ? [] : ["--vus", String(vus)]));
  args.push(...(duration === undefined ? [] : ["--duration", duration]));
  args.push(...(silent || !process.stdout.isTTY ? ["--quiet"] : []));
  args.push(`load-tests/k6/${script}.js`);
  const child = spawn(program, args, {
    cwd: root,
    env: { ...process.env, ...env, REPORT_DIR: reportDir },
    stdio: silent ? ["ignore", "pipe", "pipe"] : "inherit",
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => {
      output += chunk;
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  const text = await readFile(report, "utf8").catch(() => undefined);
  const summary = text === undefined ? undefined : (JSON.parse(text) as Summary);
  return { passed: code === 0, output, summary };
}
