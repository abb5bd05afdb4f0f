/** What the clients did and were told, as it happened. */
import { createWriteStream } from "node:fs";

/**
 * `ok`: it was done. `fail`: it was refused and has no effect. `info`: nobody knows: a time-out, a
 * broken connection, an answer of 5xx. What is unknown is asked again with the same key.
 */
export type Outcome = "ok" | "fail" | "info";

export type Op =
  | "place"
  | "repeat"
  | "twin"
  | "cancel"
  | "refund"
  | "get"
  | "restock"
  | "ship"
  | "deliver"
  | "return";

export interface Line {
  readonly product: string;
  readonly quantity: number;
}

/** One request; an operation that is tried again has several. */
export interface Entry {
  readonly n: number;
  /** The `n` of the operation's first request. */
  readonly operation: number;
  readonly client: number;
  readonly op: Op;
  /** Idempotency-Key; empty for a read. */
  readonly key: string;
  readonly attempt: number;
  /** Milliseconds from the run's start. */
  readonly from: number;
  to?: number;
  outcome?: Outcome;
  status?: number;
  reason?: string;
  orderId?: string;
  /** Of the order, as it was answered. */
  state?: string;
  total?: string;
  currency?: string;
  /** What was asked for. */
  readonly lines?: readonly Line[];
  /** What was answered. */
  told?: readonly Line[];
  /** sha-256 of an answer of 2xx, to the byte. */
  digest?: string;
  /** Units of a restock, or the amount of a refund. */
  readonly amount?: number;
  readonly product?: string;
}

type Begun = Omit<Entry, "n" | "operation" | "from">;

export interface History {
  readonly entries: readonly Entry[];
  /** `first`: of the same operation. */
  invoke(begun: Begun, first?: Entry): Entry;
  end(entry: Entry, told: Partial<Entry> & { outcome: Outcome }): void;
  now(): number;
  close(): Promise<void>;
}

export function openHistory(file: string): History {
  const started = performance.now();
  const entries: Entry[] = [];
  const output = createWriteStream(file, { mode: 0o600 });
  const now = () => Math.round(performance.now() - started);
  const write = (type: string, entry: Entry) =>
    output.write(`${JSON.stringify({ type, ...entry })}\n`);
  return {
    entries,
    now,
    invoke(begun, first) {
      const n = entries.length;
      const entry: Entry = { ...begun, n, operation: first?.n ?? n, from: now() };
      entries.push(entry);
      write("invoke", entry);
      return entry;
    },
    end(entry, told) {
      Object.assign(entry, told, { to: now() });
      write(told.outcome, entry);
    },
    close: () => new Promise((resolve) => output.end(resolve)),
  };
}
