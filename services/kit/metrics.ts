// Prometheus metrics that every service has; its own are registered beside them.
import { collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** From 1 ms, where a cached read is, to 10 s, where every deadline has passed. */
const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export interface RpcMetrics {
  /** `rpc` without the package's first part is as good; the full name is what other tools show. */
  observe(rpc: string, code: string, durationSeconds: number): void;
  /** How many calls are being answered; asked when the metrics are read. */
  inFlight(count: () => number): void;
}

export function createMetrics(service: string): Registry {
  const metrics = new Registry();
  metrics.setDefaultLabels({ service });
  collectDefaultMetrics({ register: metrics });
  return metrics;
}

export function rpcServerMetrics(metrics: Registry): RpcMetrics {
  const histogram = new Histogram({
    name: "rpc_server_duration_seconds",
    help: "How long calls took, by rpc and gRPC status code.",
    labelNames: ["rpc", "code"],
    buckets: seconds,
    registers: [metrics],
  });
  // Finding a child by its labels costs more than observing, so children are kept.
  const children = new Map<string, ReturnType<typeof histogram.labels>>();
  return {
    inFlight(count) {
      new Gauge({
        name: "rpc_server_in_flight",
        help: "Calls that are being answered, streams included.",
        registers: [metrics],
        collect() {
          this.set(count());
        },
      });
    },
    observe(rpc, code, durationSeconds) {
      const key = `${rpc} ${code}`;
      let child = children.get(key);
      if (!child) {
        child = histogram.labels(rpc, code);
        children.set(key, child);
      }
      child.observe(durationSeconds);
    },
  };
}
