// A service's second port, over HTTP, for those who run it.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Registry } from "prom-client";

export interface OperationsOptions {
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
  readonly metrics: Registry;
  /** Asked for `/health`: whether this process may live on. */
  readonly isAlive: () => boolean;
  /** By path: `/health/ready`, `/health/db`. */
  readonly checks: Readonly<Record<string, () => Promise<boolean> | boolean>>;
}

export interface OperationsPort {
  readonly port: number;
  stop(): Promise<void>;
}

export async function openOperationsPort(options: OperationsOptions): Promise<OperationsPort> {
  const { metrics, isAlive, checks } = options;
  const server = createServer(async (request, response) => {
    const path = request.url?.split("?")[0] ?? "/";
    if (path === "/metrics") {
      response.setHeader("content-type", metrics.contentType);
      response.end(await metrics.metrics());
      return;
    }
    const check = path === "/health" ? isAlive : checks[path];
    if (!check) {
      response.writeHead(404).end();
      return;
    }
    const isGood = await check();
    response.writeHead(isGood ? 200 : 503, { "content-type": "application/json" });
    response.end(JSON.stringify({ status: isGood ? "SERVING" : "NOT_SERVING" }));
  });
  await listen(server, options.host, options.port);
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause) =>
      reject(new Error(`METRICS_PORT: cannot listen on ${host}:${port}`, { cause })),
    );
    server.listen(port, host, resolve);
  });
}
