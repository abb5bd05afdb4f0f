// gRPC health on a port of its own, without TLS: a kubelet that asks has no certificate, and what
// it is told is nobody's secret. Nothing else is served there.
import { ServerCredentials } from "@grpc/grpc-js";
import { createServer } from "nice-grpc";
import type { Rpcs } from "./rpc.ts";

export interface HealthPortOptions {
  readonly host: string;
  /** 0: a free one; absent: none is opened. */
  readonly port: number | undefined;
  /** Of grpc.health.v1. */
  readonly rpcs: Rpcs;
}

export interface HealthPort {
  readonly port: number | undefined;
  stop(): Promise<void>;
}

export async function openHealthPort(options: HealthPortOptions): Promise<HealthPort> {
  const { host, port, rpcs } = options;
  if (port === undefined) {
    return { port, async stop() {} };
  }
  const server = createServer();
  const [definition, handlers] = rpcs;
  server.add(definition as never, handlers as never);
  const address = `${host}:${port}`;
  const bound = await server
    .listen(address, ServerCredentials.createInsecure())
    .catch((cause: unknown) => {
      throw new Error(`HEALTH_PORT: cannot listen on ${address}`, { cause });
    });
  return {
    port: bound,
    // Who watches is not waited for.
    stop: async () => server.forceShutdown(),
  };
}
