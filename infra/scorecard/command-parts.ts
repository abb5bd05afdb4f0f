/** What the project's own commands find, put beside the aims. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { failover } from "../../load-tests/run/failover.ts";
import { root } from "../dev/root.ts";
import { answers } from "./answers.ts";
import { atLeast, atMost } from "./objective.ts";
import type { Part } from "./part.ts";

/** What the commands may print as JSON. */
const MAX_OUTPUT = 64 * 1024 * 1024;

interface Bench {
  readonly orders: readonly {
    readonly perSecond: number;
    readonly p99: number;
    readonly coreMs: Readonly<Record<string, number>>;
  }[];
  readonly lists: readonly { readonly perSecond: number }[];
}

/** The aims of docs/measure.md. */
export async function bench(seconds: number): Promise<Part> {
  const flags = ["--rounds", "1", "--clients", "32", "--json"];
  const times = ["--seconds", `${seconds}`, "--warm", `${seconds}`];
  const told = await output("load-tests/bench/orders.js", [...flags, ...times]);
  const { orders, lists } = JSON.parse(told) as Bench;
  const [order] = orders;
  const cores = order && Object.values(order.coreMs).reduce((sum, ms) => sum + ms, 0);
  return {
    title: "As much as it can",
    how: `By bench:orders, one round: 32 clients without pauses, ${seconds} s after as long a warm-up`,
    objectives: [
      atLeast("paid orders", 400, order?.perSecond, "a second"),
      atMost("99th percentile of an order", 150, order?.p99, "ms"),
      atMost("processor time of an order, everything included", 5, cores, "core-ms"),
      atLeast("lists of 20 products", 1_000, lists[0]?.perSecond, "a second"),
    ],
  };
}

export async function killed(seconds: number): Promise<Part> {
  const load = {
    env: {},
    duration: `${seconds}s`,
    reportDir: join(root, "load-report"),
    silent: true,
  };
  const { result, killed, broken } = await failover(load, seconds, () => {});
  return {
    title: "One of two killed",
    how: `By failover.js: 20 clients who ask again, ${seconds} s; killed in turn: ${killed.join(", ")}`,
    objectives: [
      ...answers(result),
      atMost("invariants of tradepost verify that do not hold", 0, broken.length, "of ten"),
    ],
  };
}

interface Chaos {
  readonly runs: readonly {
    readonly operations: number;
    readonly faults: Readonly<Record<string, number>>;
    readonly worstRecoveryMs?: number;
    readonly verdicts: readonly { readonly count: number }[];
  }[];
}

export async function chaos(seconds: number): Promise<Part> {
  // Exit code 1 is a violation, which the JSON tells.
  const text = await output("tests/chaos/main.js", ["--json", "--seconds", `${seconds}`], [1]);
  const [run] = (JSON.parse(text) as Chaos).runs;
  const violated = run?.verdicts.filter(({ count }) => count > 0).length;
  const recovery = run?.worstRecoveryMs;
  const faults = run && Object.values(run.faults).reduce((sum, count) => sum + count, 0);
  return {
    title: "Under faults",
    how: `By npm run chaos, seed 1, ${seconds} s: ${run?.operations ?? 0} operations, ${faults ?? 0} faults`,
    objectives: [
      atMost("invariants violated", 0, violated, "in all"),
      atMost("worst recovery", 30, recovery === undefined ? undefined : recovery / 1_000, "s"),
    ],
  };
}

export const alerts: Part = {
  title: "Alerts",
  how: "There are none yet",
  objectives: [{ what: "alerts that fire when they should", found: "not built yet" }],
};

async function output(
  program: string,
  args: readonly string[],
  codes: readonly number[] = [],
): Promise<string> {
  const command = [join(root, "dist", program), ...args];
  return promisify(execFile)(process.execPath, command, { cwd: root, maxBuffer: MAX_OUTPUT }).then(
    ({ stdout }) => stdout,
    (error: { code?: number; stdout: string }) => {
      if (codes.includes(error.code ?? -1)) {
        return error.stdout;
      }
      throw error;
    },
  );
}
