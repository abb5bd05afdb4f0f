import type { Registry } from "prom-client";
import type { Handler } from "../routes/handler.ts";

/** Prometheus' text. */
export function metricsPage(metrics: Registry): Handler {
  return async (_req, res) => {
    const body = await metrics.metrics();
    res.writeHead(200, {
      "Content-Type": metrics.contentType,
      "Content-Length": Buffer.byteLength(body),
      "Cache-Control": "no-store",
    });
    res.end(body);
  };
}
