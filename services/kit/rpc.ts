// The gRPC server: async handlers behind one chain of checks.
import type { ServerCredentials, ServerOptions } from "@grpc/grpc-js";
import { createServer, type ServiceImplementation } from "nice-grpc";
import type { Registry } from "prom-client";
import type { CheckToken } from "./access.ts";
import { methodOf, methodOptions, registry } from "./descriptors.ts";
import type { Received } from "./incoming.ts";
import { chain, type Route } from "./interceptors.ts";
import type { Log } from "./log.ts";
import { rpcServerMetrics } from "./metrics.ts";
import { peerInterceptor } from "./peer.ts";
import { carriesSecret } from "./redaction.ts";
import { validation, warm } from "./validation.ts";

/** A service's definition as ts-proto writes it. */
export interface Definition {
  readonly name: string;
  readonly fullName: string;
  readonly methods: Readonly<Record<string, MethodDefinition>>;
}

interface MethodDefinition {
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: each method has its own types
  readonly requestType: any;
  readonly requestStream: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: each method has its own types
  readonly responseType: any;
  readonly responseStream: boolean;
  readonly options: object;
}

/** A definition and its handlers. */
export type Rpcs = readonly [definition: Definition, handlers: object];

export interface RpcServerOptions {
  readonly rpcs: readonly Rpcs[];
  /** Without the chain: health and reflection, which are nobody's secret. */
  readonly open?: readonly Rpcs[];
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
  readonly credentials: ServerCredentials;
  /** Whether a peer may say who it is without a certificate. */
  readonly isPlaintext: boolean;
  readonly check: CheckToken;
  readonly metrics: Registry;
  readonly log: Log;
  readonly limits?: { readonly calls: number; readonly streams: number };
  /** For tests of the chain: other contracts than ours. */
  readonly files?: typeof registry;
}

export interface RpcServer {
  readonly port: number;
  /** Takes no more calls, ends streams, waits for the calls in flight; after `graceMs` cuts them. */
  stop(graceMs: number): Promise<void>;
}

/** What the answers of the last calls need on their way out. */
const lastAnswersMs = 500;

const channelOptions: ServerOptions = {
  "grpc.max_receive_message_length": 1024 * 1024,
  "grpc.max_send_message_length": 4 * 1024 * 1024,
  "grpc.max_concurrent_streams": 200,
  "grpc.keepalive_time_ms": 20_000,
  "grpc.keepalive_timeout_ms": 5_000,
  // Clients come back and find replicas that are new.
  "grpc.max_connection_age_ms": 300_000,
  "grpc.max_connection_age_grace_ms": 30_000,
};

export async function startRpcServer(options: RpcServerOptions): Promise<RpcServer> {
  const { rpcs, log, check, limits = { calls: 500, streams: 2_000 } } = options;
  const stopping = new AbortController();
  const routes = new Map(rpcs.flatMap(([definition]) => routesOf(definition, options.files)));
  const metrics = rpcServerMetrics(options.metrics);
  const server = createServer({
    ...channelOptions,
    interceptors: [peerInterceptor({ isPlaintext: options.isPlaintext })],
  } as ServerOptions);
  const { through, idle } = chain({
    routes,
    check,
    metrics,
    log,
    stopping: stopping.signal,
    limits,
  });
  for (const [definition, handlers] of rpcs) {
    requireAll(definition, handlers);
    server.with(through).add(guarded(definition), handlers as ServiceImplementation<never>);
  }
  for (const [definition, handlers] of options.open ?? []) {
    server.add(definition as never, handlers as ServiceImplementation<never>);
  }
  const address = `${options.host}:${options.port}`;
  const port = await server.listen(address, options.credentials).catch((cause: unknown) => {
    throw new Error(`GRPC_PORT: cannot listen on ${address}`, { cause });
  });
  return {
    port,
    async stop(graceMs) {
      stopping.abort();
      const cut = setTimeout(() => server.forceShutdown(), graceMs);
      const done = server.shutdown();
      await Promise.race([idle(), done]);
      // Whoever is still there is no caller of ours: a reflection client, a connection that idles.
      const rest = setTimeout(() => server.forceShutdown(), lastAnswersMs);
      await done;
      clearTimeout(cut);
      clearTimeout(rest);
    },
  };
}

function routesOf(definition: Definition, files = registry): [path: string, Route][] {
  return Object.values(definition.methods).map(({ name }) => {
    const rpc = `${definition.fullName}/${name}`;
    const method = methodOf(rpc, files);
    if (!method) {
      throw new Error(`${rpc} is in no contract`);
    }
    warm(method.input);
    const isStream = method.methodKind !== "unary";
    const validate = validation(method.input);
    const rules = methodOptions(method, files);
    const keepsAnswers = !rules.access?.public && !carriesSecret(method);
    return [`/${rpc}`, { ...rules, rpc, isStream, keepsAnswers, validate }];
  });
}

function requireAll({ fullName, methods }: Definition, handlers: object): void {
  const missing = Object.keys(methods).filter((name) => !(name in handlers));
  if (missing.length > 0) {
    throw new Error(`${fullName}: no handler for ${missing.join(", ")}`);
  }
}

/**
 * nice-grpc answers INTERNAL to bytes that do not decode, before any middleware runs. So
 * decoding never throws, and the chain gets the bytes too: for the rules, and for the hash.
 */
function guarded(definition: Definition): never {
  const methods = Object.entries(definition.methods).map(([name, method]) => {
    const { requestType } = method;
    const decode = (bytes: Uint8Array): Received => {
      try {
        return { message: requestType.decode(bytes), bytes };
      } catch {
        return { message: undefined, bytes };
      }
    };
    return [name, { ...method, requestType: { ...requestType, decode } }];
  });
  return { ...definition, methods: Object.fromEntries(methods) } as never;
}
