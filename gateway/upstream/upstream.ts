/** Calls to the services: raw bytes both ways, over one channel for each package of contracts. */
import {
  type ChannelCredentials,
  type ChannelOptions,
  Client,
  type ClientReadableStream,
  type ClientUnaryCall,
  credentials,
  type Metadata,
  type ServiceError,
} from "@grpc/grpc-js";
import { type Contract, packageOf, type Rpc } from "../contract/contract.ts";

export interface UpstreamOptions {
  /** `host:port` or `dns:///name:port` of the service with the contracts of this package. */
  addressOf(packageName: string): string;
  /** Absent: plaintext. */
  credentialsOf?: ((packageName: string) => ChannelCredentials) | undefined;
}

/** A call's path on the wire, and what it may last. */
export interface CallOptions {
  readonly path: string;
  readonly packageName: string;
  readonly metadata: Metadata;
  readonly deadline: number;
}

const maxMessageBytes = 4 * 1024 * 1024;

export class Upstream {
  readonly #clients = new Map<string, Client>();

  constructor(contract: Contract, options: UpstreamOptions) {
    for (const [packageName, rpcs] of rpcsByPackage(contract)) {
      const address = options.addressOf(packageName);
      const channel = options.credentialsOf?.(packageName) ?? credentials.createInsecure();
      this.#clients.set(
        packageName,
        new Client(address, channel, channelOptions(packageName, rpcs)),
      );
    }
  }

  get packages(): readonly string[] {
    return [...this.#clients.keys()];
  }

  unary(
    { path, packageName, metadata, deadline }: CallOptions,
    request: Uint8Array,
    answered: (error: ServiceError | null, response?: Buffer) => void,
  ): ClientUnaryCall {
    const client = this.#client(packageName);
    return client.makeUnaryRequest(path, toBuffer, same, request, metadata, { deadline }, answered);
  }

  stream(
    { path, packageName, metadata, deadline }: CallOptions,
    request: Uint8Array,
  ): ClientReadableStream<Buffer> {
    const client = this.#client(packageName);
    return client.makeServerStreamRequest(path, toBuffer, same, request, metadata, { deadline });
  }

  close(): void {
    for (const client of this.#clients.values()) {
      client.close();
    }
  }

  #client(packageName: string): Client {
    const client = this.#clients.get(packageName);
    if (!client) {
      throw new Error(`no contract is in the package ${packageName}`);
    }
    return client;
  }
}

/** Only packages with rpcs that HTTP reaches, and with a service of their own. */
function rpcsByPackage({ rpcs }: Contract): ReadonlyMap<string, Rpc[]> {
  const byPackage = new Map<string, Rpc[]>();
  const isOwn = ({ options }: Rpc) => options.http.length > 0 && options.servedBy === undefined;
  for (const rpc of rpcs.filter(isOwn)) {
    const name = packageOf(rpc.method.parent);
    byPackage.set(name, [...(byPackage.get(name) ?? []), rpc]);
  }
  return byPackage;
}

/** Retries lost calls, and only of what the contract calls safe to repeat. */
function channelOptions(packageName: string, rpcs: readonly Rpc[]): ChannelOptions {
  const repeatable = rpcs.filter(({ options }) => options.idempotent);
  const serviceConfig = {
    loadBalancingConfig: [{ round_robin: {} }],
    retryThrottling: { maxTokens: 10, tokenRatio: 0.1 },
    methodConfig: repeatable.map(({ method }) => ({
      name: [{ service: method.parent.typeName, method: method.name }],
      retryPolicy: {
        maxAttempts: 3,
        initialBackoff: "0.05s",
        maxBackoff: "0.5s",
        backoffMultiplier: 2,
        retryableStatusCodes: ["UNAVAILABLE"],
      },
    })),
  };
  return {
    // TLS takes no address as a name (RFC 6066); who a server is, the credentials check.
    "grpc.ssl_target_name_override": packageName,
    "grpc.service_config": JSON.stringify(serviceConfig),
    "grpc.service_config_disable_resolution": 1,
    "grpc.enable_http_proxy": 0,
    "grpc.max_receive_message_length": maxMessageBytes,
    "grpc.keepalive_time_ms": 30_000,
    "grpc.keepalive_timeout_ms": 5_000,
    // A service that was restarted is found again within a second.
    "grpc.initial_reconnect_backoff_ms": 100,
    "grpc.max_reconnect_backoff_ms": 1_000,
  };
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function same(bytes: Buffer): Buffer {
  return bytes;
}
