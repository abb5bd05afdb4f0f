// `npm run chaos`
import { setMaxListeners } from "node:events";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../../infra/dev/root.ts";
import { missed } from "./figures.ts";
import { BadFlag, type Flags, HELP, readFlags } from "./flags.ts";
import { writeReport } from "./report.ts";
import { type RunResult, run } from "./run.ts";
import { printJson, printWords } from "./summary.ts";
import { huntMutants, sweepCrashPoints } from "./variants/command.ts";

/** Of one run besides its load: start, heal, clients' patience, rest, reading. */
const BESIDES_MS = 420_000;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    const flags = readFlags(args);
    if (flags.help) {
      process.stdout.write(HELP);
      return 0;
    }
    if (flags.mutants) {
      return await huntMutants(flags);
    }
    return await (flags.crashPoints ? sweepCrashPoints(flags) : all(flags));
  } catch (error) {
    const isUse = error instanceof BadFlag;
    process.stderr.write(`${isUse ? (error as Error).message : (error as Error).stack}\n`);
    return isUse ? 2 : 1;
  }
}

async function all(flags: Flags): Promise<number> {
  const { seeds, seconds, json, stopAtFirst, strictAvailability } = flags;
  const report = join(root, "chaos-report");
  await openReport(report);
  const stopped = new AbortController();
  // Each run's mesh listens to it, to the end.
  setMaxListeners(0, stopped.signal);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => stopped.abort());
  }
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  const results: RunResult[] = [];
  for (const seed of seeds) {
    if (stopped.signal.aborted) {
      break;
    }
    const limit = setTimeout(tooLong, seconds * 1_000 + BESIDES_MS, seed);
    const { signal } = stopped;
    const running = run({ seed, seconds, stopAtFirst, report, signal, say });
    results.push(await running.finally(() => clearTimeout(limit)));
    await writeReport(report, results);
  }
  (json ? printJson : printWords)(results, (text) => void process.stdout.write(text));
  const isWrong = results.some(
    ({ verdicts, figures }) =>
      verdicts.some(({ count }) => count > 0) || (strictAvailability && missed(figures).length > 0),
  );
  return isWrong || stopped.signal.aborted ? 1 : 0;
}

/** The report of the run before stays once more, in `previous`. */
async function openReport(report: string): Promise<void> {
  const before = `${report}.before`;
  await rm(join(report, "previous"), { recursive: true, force: true });
  await rename(report, before).catch(() => {
    // There is none.
  });
  await mkdir(report, { recursive: true });
  await rename(before, join(report, "previous")).catch(() => {
    // There was none.
  });
}

/** Our children have a channel to us or a guard: they end when we do. */
function tooLong(seed: string): void {
  process.stderr.write(`seed ${seed} has hung: it is given up\n`);
  process.exit(1);
}
