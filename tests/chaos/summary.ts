/** What a run says on a terminal. */
import { inWords } from "../../infra/verify/check.ts";
import { FAULTS, type FaultKind } from "./fault.ts";
import { missed, type Share } from "./figures.ts";
import type { RunResult } from "./run.ts";

type Write = (text: string) => void;

export function countFaults({ happened }: RunResult): Partial<Record<FaultKind, number>> {
  const counts: Partial<Record<FaultKind, number>> = {};
  for (const { kind } of happened) {
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

export function printJson(results: readonly RunResult[], write: Write): void {
  const runs = results.map((result) => {
    const { seed, seconds, capture, figures, quiet, verdicts, looks } = result;
    const { recoveries: _, ...rest } = figures;
    const { unsentMails } = result;
    const faults = countFaults(result);
    return {
      seed,
      seconds,
      capture,
      ...rest,
      faults,
      quiet,
      looks,
      unsentMails,
      missed: missed(figures),
      verdicts,
    };
  });
  const text = JSON.stringify({ runs }, (_, value) =>
    typeof value === "bigint" ? String(value) : value,
  );
  write(`${text}\n`);
}

export function printWords(results: readonly RunResult[], write: Write): void {
  for (const result of results) {
    write(`\n${wordsOf(result)}\n`);
  }
  const faults = results.reduce((sum, { happened }) => sum + happened.length, 0);
  const wrong = results.reduce((sum, { verdicts }) => sum + verdicts.filter(isBad).length, 0);
  const operations = results.reduce((sum, { figures }) => sum + figures.operations, 0);
  const seeds = results.map(({ seed }) => seed).join(", ");
  write(
    `\n${results.length} runs (seeds ${seeds}), ${operations} operations, ${faults} faults, ` +
      `${wrong} invariants violated. chaos-report/index.html has the whole story.\n`,
  );
}

function isBad({ count }: { readonly count: number }): boolean {
  return count > 0;
}

function wordsOf(result: RunResult): string {
  const { seed, capture, figures, quiet, verdicts, looks } = result;
  const { operations, requests, ok, fail, info, unknown } = figures;
  const faults = Object.entries(countFaults(result))
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([kind, count]) => `${count} × ${kind} ${FAULTS[kind as FaultKind]}`);
  const { outside, duringKafkaOutage, oneInstanceKilled } = figures;
  const floors = missed(figures);
  return [
    `seed ${seed}, ${capture}: ${operations} operations, ${requests} requests: ${ok} ok, ${fail} fail, ` +
      `${info} info; ${unknown} never known`,
    `  faults: ${faults.join(", ")}`,
    `  worst recovery after a fault: ${inMs(figures.worstRecoveryMs)}; quiet after the last: ` +
      `${inMs(quiet.ms)}; stock was looked at ${looks.stock} times, money ${looks.money} times; ` +
      `${result.unsentMails} mails not sent yet`,
    `  known at once, outside of faults: ${percent(outside)}; placements while Kafka was away: ` +
      `${percent(duringKafkaOutage)}; with one of two killed (two tries): ` +
      `${percent(oneInstanceKilled)}, worst gap ${inMs(oneInstanceKilled.worstGapMs)}`,
    ...(floors.length > 0 ? [`  below their floor: ${floors.join("; ")}`] : []),
    ...verdicts.map(inWords),
  ].join("\n");
}

export function percent({ good, all }: Share): string {
  return all === 0 ? "none" : `${((good / all) * 100).toFixed(2)} % of ${all}`;
}

export function inMs(ms: number | undefined): string {
  return ms === undefined ? "never" : `${ms} ms`;
}
