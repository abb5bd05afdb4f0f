/** What `npm run chaos` says of mutants and crash points. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../../../infra/dev/root.ts";
import type { Flags } from "../flags.ts";
import { inWords, runMutants } from "./run-mutants.ts";
import { runSweep, type Sweep } from "./run-sweep.ts";

const say = (line: string) => void process.stderr.write(`${line}\n`);
const write = (line: string) => void process.stdout.write(`${line}\n`);

/** 0: each was caught, and nothing in the control. */
export async function huntMutants({ seeds, only, json }: Flags): Promise<number> {
  const hunts = await runMutants({
    firstSeed: Number(seeds[0]),
    only,
    signal: untilStopped(),
    say,
  });
  await keep("mutants.json", hunts);
  const good = hunts.filter(({ isGood }) => isGood);
  if (json) {
    write(JSON.stringify({ mutants: hunts }));
  } else {
    hunts.map(inWords).forEach(write);
    const seconds = hunts.reduce((sum, hunt) => sum + hunt.seconds, 0);
    write(
      `${good.length} of ${hunts.length} as they should be, in ${Math.round(seconds / 60)} min`,
    );
  }
  return good.length === hunts.length ? 0 : 1;
}

/** 0: a process died at each point, before and after, and all invariants hold. */
export async function sweepCrashPoints({ seeds, json }: Flags): Promise<number> {
  const swept = await runSweep({ seed: seeds[0] ?? "1", signal: untilStopped(), say });
  await keep("crash-points.json", swept);
  if (json) {
    write(JSON.stringify(swept));
  } else {
    swept.missed.map((point) => `not come by: ${point}`).forEach(write);
    write(wordsOf(swept));
  }
  const isWrong = swept.verdicts.some(({ count }) => count > 0) || swept.quiet.ms === undefined;
  return isWrong || swept.missed.length > 0 ? 1 : 0;
}

function wordsOf({ died, missed, orders, quiet, verdicts }: Sweep): string {
  const broken = verdicts.filter(({ count }) => count > 0);
  return [
    `${died.length} crashes at ${new Set([...died, ...missed].map(pointOf)).size} points, ` +
      `${missed.length} not come by; ${orders.length} orders; ` +
      `quiet after ${quiet.ms ?? "more than 30,000"} ms; ${broken.length} invariants broken`,
    ...Object.entries(quiet.open).map(([what, count]) => `still open: ${count} ${what}`),
    ...broken.map(({ id, name, counterexamples }) =>
      [`${id} ${name}`, ...counterexamples.map((one) => `  ${JSON.stringify(one)}`)].join("\n"),
    ),
  ].join("\n");
}

function pointOf(target: string): string {
  return target.replace(/:(before|after)$/, "");
}

async function keep(name: string, value: unknown): Promise<void> {
  const folder = join(root, "chaos-report");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, name), `${JSON.stringify(value, null, 2)}\n`);
}

function untilStopped(): AbortSignal {
  const stopped = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => stopped.abort());
  }
  return stopped.signal;
}
