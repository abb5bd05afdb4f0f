/** What is kept of each request: one line in the log, one observation in the metrics. */
import type { NextFunction, Request, Response } from "express";
import { Histogram, type Registry } from "prom-client";
import type { Log } from "#kit/log.ts";
import { exchangeOf } from "./exchange.ts";

/** nginx's number for a client that went away before its answer. */
const clientGone = 499;

/** @param inFlight is kept up: the responses that are not finished */
export function observe(log: Log, metrics: Registry, inFlight: Set<Response>) {
  const duration = new Histogram({
    name: "http_request_duration_seconds",
    help: "How long answers took, by route template, method and status.",
    labelNames: ["route", "method", "status"],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [metrics],
  });
  // Finding a child by its labels costs more than observing, so children are kept.
  const children = new Map<string, ReturnType<typeof duration.labels>>();
  function childOf(route: string, method: string, status: number) {
    const key = `${route} ${method} ${status}`;
    let child = children.get(key);
    if (!child) {
      child = duration.labels(route, method, String(status));
      children.set(key, child);
    }
    return child;
  }
  return (req: Request, res: Response, next: NextFunction): void => {
    inFlight.add(res);
    res.once("close", () => {
      inFlight.delete(res);
      const { requestId, route, startedAt } = exchangeOf(res);
      const ms = performance.now() - startedAt;
      const status = res.writableFinished ? res.statusCode : clientGone;
      const method = known.has(req.method) ? req.method : "other";
      childOf(route, method, status).observe(ms / 1_000);
      log.info({ method, route, status, ms: Math.round(ms * 10) / 10, requestId }, "request");
    });
    next();
  };
}

/** Labels must not grow with what clients make up. */
const known = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
