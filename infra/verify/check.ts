/** Asks all invariants, and says what is wrong. */
import { effectOnce } from "./effects.ts";
import { atLeastOnce, orderPerKey } from "./events.ts";
import { type Evidence, gather, type Places, statementsOf } from "./evidence.ts";
import type { Counterexample, Invariant } from "./invariant.ts";
import { noDoubleCharge, noOrphanMoney, refundsWithinCharge } from "./money.ts";
import { legalTransitions, nothingStuck } from "./progress.ts";
import type { Source } from "./rows.ts";
import { oneOrderPerKey, stockConserved } from "./stock.ts";

const AT_REST: readonly Invariant[] = [
  oneOrderPerKey,
  noDoubleCharge,
  noOrphanMoney,
  refundsWithinCharge,
  stockConserved,
  atLeastOnce,
  effectOnce,
  orderPerKey,
  legalTransitions,
  nothingStuck,
];

export interface Verdict {
  readonly id: string;
  readonly name: string;
  /** What was read and what must hold of it. */
  readonly query: string;
  readonly count: number;
  /** The first of them. */
  readonly counterexamples: readonly Counterexample[];
  /** It could not be asked: without Kafka, or with real Stripe. */
  readonly skipped?: string;
}

const SHOWN = 20;

export function judge(evidence: Evidence, invariants = AT_REST): Verdict[] {
  return invariants.map((invariant) =>
    verdictOf(invariant, [...invariant.find(evidence)], evidence),
  );
}

/**
 * Of a mesh at work. Its databases are read one after the other, so that what happens in between
 * looks wrong; what is wrong looks the same after some seconds.
 */
export async function judgeLiving(places: Places, betweenMs = 3_000): Promise<Verdict[]> {
  const first = await gather(places);
  const before = AT_REST.map((invariant) => new Set([...invariant.find(first)].map(told)));
  if (before.every(({ size }) => size === 0)) {
    return judge(first);
  }
  await new Promise((resolve) => setTimeout(resolve, betweenMs));
  const second = await gather(places);
  return AT_REST.map((invariant, at) => {
    const still = [...invariant.find(second)].filter((one) => before[at]?.has(told(one)));
    return verdictOf(invariant, still, second);
  });
}

function verdictOf(
  { id, name, rule, reads }: Invariant,
  found: readonly Counterexample[],
  evidence: Evidence,
): Verdict {
  const sources = reads.filter((one): one is Source => one !== "provider" && one !== "log");
  const query = `${statementsOf(sources)}\n-- ${rule}`;
  const skipped = reads.includes("provider") && !evidence.provider;
  const unheard = reads.includes("log") && !evidence.log;
  return {
    id,
    name,
    query,
    count: found.length,
    counterexamples: found.slice(0, SHOWN),
    ...(skipped && { skipped: "without the sandbox's ledger" }),
    ...(unheard && { skipped: "without Kafka" }),
  };
}

/** In words, for a person at a terminal. */
export function inWords({ id, name, count, counterexamples, skipped }: Verdict): string {
  const state = count > 0 ? `${count} violations` : skipped ? `partly asked, ${skipped}` : "holds";
  const lines = counterexamples.map((one) => `      ${told(one)}`);
  return [`  ${id.padEnd(4)} ${name}: ${state}`, ...lines].join("\n");
}

function told(one: Counterexample): string {
  return JSON.stringify(one, (_, value) => (typeof value === "bigint" ? String(value) : value));
}
