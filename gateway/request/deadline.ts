import type { Request } from "express";
import { problem } from "../problems/problem.ts";

const unitMs = { ms: 1, s: 1_000, m: 60_000 } as const;

/** How long the call may take: what the contract says, or `Request-Timeout` where that is less. */
export function timeoutMs(req: Request, contractMs: number): number {
  const header = req.headers["request-timeout"];
  if (header === undefined) {
    return contractMs;
  }
  const [, amount, unit] = /^(\d{1,8})(ms|s|m)$/.exec(String(header)) ?? [];
  if (amount === undefined || Number(amount) === 0) {
    const message = "must be a time like 800ms or 2s";
    throw problem("INVALID_FIELD", `Request-Timeout: ${message}`, {
      violations: [{ field: "Request-Timeout", rule: "header", message }],
    });
  }
  return Math.min(contractMs, Number(amount) * unitMs[unit as keyof typeof unitMs]);
}
