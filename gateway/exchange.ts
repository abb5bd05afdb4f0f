/** One request and its answer: who is asked about, since when, under which name in the log. */
import { randomUUID } from "node:crypto";
import type { NextFunction, Request, Response } from "express";

export interface Exchange {
  readonly requestId: string;
  /** W3C trace context of the call behind: the caller's trace, a span of our own. */
  readonly traceparent: string;
  /** `performance.now()` */
  readonly startedAt: number;
  /** The template, never the path: ids and tokens stay out of logs and metrics. */
  route: string;
}

export function exchangeOf(res: Response): Exchange {
  return res.locals.exchange as Exchange;
}

export function beginExchange(req: Request, res: Response, next: NextFunction): void {
  const given = req.headers["x-request-id"];
  const requestId =
    typeof given === "string" && /^[A-Za-z0-9._-]{1,128}$/.test(given) ? given : randomUUID();
  const exchange: Exchange = {
    requestId,
    traceparent: childOf(req.headers.traceparent),
    startedAt: performance.now(),
    route: "none",
  };
  res.locals.exchange = exchange;
  res.setHeader("X-Request-Id", requestId);
  next();
}

/** https://www.w3.org/TR/trace-context: all-zero ids and version ff are invalid. */
const wellFormed =
  /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})$/;

function childOf(traceparent: string | string[] | undefined): string {
  const [, trace, flags] = wellFormed.exec(String(traceparent)) ?? [];
  const span = randomHex().slice(16);
  return `00-${trace ?? randomHex()}-${span}-${flags ?? "01"}`;
}

/** randomUUID keeps a pool of random bytes, which randomBytes does not. */
function randomHex(): string {
  return randomUUID().replaceAll("-", "");
}
