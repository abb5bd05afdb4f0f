/** What must be true at rest, however disturbed the run before was. */
import type { Evidence } from "./evidence.ts";
import type { Source } from "./rows.ts";

/** One thing that is not as it must be, in words and with its ids. */
export interface Counterexample {
  readonly what: string;
  readonly [detail: string]: unknown;
}

export interface Invariant {
  /** As in reliability.md, section 4a. */
  readonly id: string;
  readonly name: string;
  /** What is read for it. */
  readonly reads: readonly (Source | "provider" | "log")[];
  /** What must hold of it. */
  readonly rule: string;
  find(evidence: Evidence): Iterable<Counterexample>;
}

/** Money was taken for these, once. */
export const PAID: ReadonlySet<string> = new Set(["CONFIRMED", "SHIPPED", "DELIVERED", "RETURNED"]);
/** Nothing is kept of these. */
export const UNDONE: ReadonlySet<string> = new Set(["REJECTED", "CANCELLED"]);

export function groupBy<T>(rows: Iterable<T>, keyOf: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group) {
      group.push(row);
    } else {
      groups.set(key, [row]);
    }
  }
  return groups;
}
