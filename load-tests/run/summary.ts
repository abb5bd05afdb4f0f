/** What a script leaves behind as JSON; load-tests/k6/lib/report.js writes it. */

interface Times {
  readonly answers: number;
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export interface Summary {
  readonly script: string;
  /** When it ended, RFC 3339. */
  readonly time: string;
  /** From the first answer to the last, without what came before the load. */
  readonly seconds: number;
  /** The most there were at the same time. */
  readonly clients: number;
  readonly turns: number;
  /** Requests that were due when every client still waited for its answer. */
  readonly dropped: number;
  /** Requests that were sent again. */
  readonly retried: number;
  readonly answers: number;
  readonly perSecond: number;
  readonly wrong: number;
  readonly errorRate: number;
  readonly overall: Times;
  readonly steps: readonly (Times & { readonly step: string })[];
  readonly checks: readonly {
    readonly name: string;
    readonly passes: number;
    readonly fails: number;
  }[];
  readonly thresholds: readonly {
    readonly metric: string;
    readonly wanted: string;
    readonly ok: boolean;
  }[];
  /** Of stress alone: its levels, and the knee in words. */
  readonly levels?: readonly (Times & { readonly level: string; readonly holds: boolean })[];
  readonly lines?: readonly string[];
}
