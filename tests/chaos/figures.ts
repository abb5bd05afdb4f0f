/** I12 and what else a run is measured by. */
import { groupBy } from "../../infra/verify/invariant.ts";
import type { Happened } from "./fault.ts";
import type { Entry } from "./history.ts";

export interface Figures {
  readonly operations: number;
  readonly requests: number;
  readonly ok: number;
  readonly fail: number;
  readonly info: number;
  /** Operations whose outcome was never known. */
  readonly unknown: number;
  /** After a fault's end, until a placement that began then was answered; milliseconds. */
  readonly worstRecoveryMs: number | undefined;
  readonly recoveries: readonly { readonly what: string; readonly ms: number | undefined }[];
  readonly outside: Share;
  readonly duringKafkaOutage: Share;
  readonly oneInstanceKilled: Share & { readonly worstGapMs: number };
}

/** How many operations were known soon, of how many. */
export interface Share {
  readonly good: number;
  readonly all: number;
}

/** Around a fault; milliseconds. */
const MARGIN_MS = 5_000;

export function figuresOf(entries: readonly Entry[], happened: readonly Happened[]): Figures {
  const count = (outcome: string) => entries.filter((entry) => entry.outcome === outcome).length;
  const operations = [...groupBy(entries, ({ operation }) => String(operation)).values()];
  const recoveries = happened.map((fault) => ({
    what: `${fault.kind} ${fault.what}`,
    ms: recovery(entries, fault),
  }));
  const times = recoveries.flatMap(({ ms }) => (ms === undefined ? [] : [ms]));
  const kafkaOutages = happened.filter(
    (fault) => fault.kind === "F5" && /^Kafka is/.test(fault.what) && isAlone(fault, happened),
  );
  const kills = happened.filter((fault) => fault.kind === "F1" && isAlone(fault, happened));
  const placing = operations.filter(([entry]) => entry?.op === "place");
  return {
    operations: operations.length,
    requests: entries.length,
    ok: count("ok"),
    fail: count("fail"),
    info: count("info"),
    unknown: operations.filter((all) => all.every(({ outcome }) => !isKnown(outcome))).length,
    worstRecoveryMs: times.length > 0 ? Math.max(...times) : undefined,
    recoveries,
    outside: share(
      operations.filter(([first]) => first && !happened.some((fault) => isNear(first, fault))),
      1,
    ),
    duringKafkaOutage: share(within(placing, kafkaOutages), 1),
    oneInstanceKilled: {
      ...share(within(operations, kills), 2),
      worstGapMs: Math.max(0, ...kills.map((fault) => worstGap(entries, fault))),
    },
  };
}

function isKnown(outcome: string | undefined): boolean {
  return outcome === "ok" || outcome === "fail";
}

/** Known at the first try, or at one of the first `tries`. */
function share(operations: readonly (readonly Entry[])[], tries: number): Share {
  const good = operations.filter((all) =>
    // That the first call with this key still runs is an answer too.
    all
      .slice(0, tries)
      .some(({ outcome, reason }) => isKnown(outcome) || reason === "IDEMPOTENCY_IN_PROGRESS"),
  );
  return { good: good.length, all: operations.length };
}

function within(operations: readonly Entry[][], faults: readonly Happened[]): Entry[][] {
  return operations.filter(([first]) =>
    faults.some(({ from, to }) => first && first.from >= from && first.from <= (to ?? from)),
  );
}

function isNear({ from }: Entry, fault: Happened): boolean {
  return from > fault.from - MARGIN_MS && from < (fault.to ?? Number.POSITIVE_INFINITY) + MARGIN_MS;
}

/** No other fault is there at the same time. */
function isAlone(fault: Happened, all: readonly Happened[]): boolean {
  const to = fault.to ?? Number.POSITIVE_INFINITY;
  return all.every(
    (other) =>
      other === fault ||
      other.from > to ||
      (other.to ?? Number.POSITIVE_INFINITY) + 1_000 < fault.from,
  );
}

function recovery(entries: readonly Entry[], { to }: Happened): number | undefined {
  if (to === undefined) {
    return undefined;
  }
  const after = entries.filter(
    ({ op, from, outcome }) => op === "place" && from >= to && isKnown(outcome),
  );
  const ends = after.map((entry) => entry.to ?? Number.POSITIVE_INFINITY);
  return ends.length > 0 ? Math.min(...ends) - to : undefined;
}

/** The longest time in which nobody heard anything definite. */
function worstGap(entries: readonly Entry[], { from, to = from }: Happened): number {
  const heard = entries
    .filter((entry) => isKnown(entry.outcome))
    .map((entry) => entry.to ?? 0)
    .filter((at) => at >= from && at <= to)
    .sort((a, b) => a - b);
  const points = [from, ...heard, to];
  return Math.max(0, ...points.slice(1).map((at, index) => at - (points[index] ?? at)));
}

/** Floors of reliability.md, section 4a, as words; empty: all are met. */
export function missed(figures: Figures): string[] {
  const { outside, duringKafkaOutage, oneInstanceKilled } = figures;
  const below = ({ good, all }: Share, floor: number) => all > 0 && good / all < floor;
  return [
    below(outside, 0.999) ? "outside of faults less than 99.9 % of the operations were known" : "",
    below(duringKafkaOutage, 1) ? "a placement was not answered while Kafka was away" : "",
    below(oneInstanceKilled, 0.99) ? "with one of two killed less than 99 % were known" : "",
    oneInstanceKilled.worstGapMs > 2_000 ? "with one of two killed a gap was above 2 s" : "",
  ].filter(Boolean);
}
