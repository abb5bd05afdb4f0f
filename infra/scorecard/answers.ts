import type { K6Result } from "../../load-tests/run/k6.ts";
import { atMost, type Objective, told } from "./objective.ts";

/** Of the floors of load-tests/k6/lib/shape.js. */
const P95_MS = 200;
const ERRORS_PERCENT = 0.1;

/** What a script found, beside what every script must keep. */
export function answers({ summary }: K6Result): Objective[] {
  const errors = summary && summary.errorRate * 100;
  return [
    told("answers", summary?.perSecond, "a second"),
    atMost("95th percentile", P95_MS, summary?.overall.p95Ms, "ms"),
    atMost("late, wrong or missing", ERRORS_PERCENT, errors, "%"),
  ];
}
