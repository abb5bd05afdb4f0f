/** Calls to the services: raw bytes both ways, over one channel for each package of contracts. */
import {
  type ChannelCredentials,
  Client,
  type ClientReadableStream,
  type ClientUnaryCall,
  credentials,
  type Metadata,
  type ServiceError,
} from "@grpc/grpc-js";
import { channelOptions, type Repeatable } from "#kit/channel.ts";
import { targetOf } from "#kit/resolver.ts";
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

export class Upstream {
  readonly #clients = new Map<string, Client>();

  constructor(contract: Contract, options: UpstreamOptions) {
    for (const [packageName, rpcs] of rpcsByPackage(contract)) {
      const target = targetOf(options.addressOf(packageName));
      const channel = options.credentialsOf?.(packageName) ?? credentials.createInsecure();
      this.#clients.set(
        packageName,
        new Client(target, channel, channelOptions(packageName, rpcs.flatMap(repeatable))),
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

/** Only packages with rpcs that HTTP or the gateway itself reaches, and a service of their own. */
function rpcsByPackage({ rpcs }: Contract): ReadonlyMap<string, Rpc[]> {
  const byPackage = new Map<string, Rpc[]>();
  const isOwn = ({ options }: Rpc) =>
    (options.http.length > 0 || options.exchange) && options.servedBy === undefined;
  for (const rpc of rpcs.filter(isOwn)) {
    const name = packageOf(rpc.method.parent);
    byPackage.set(name, [...(byPackage.get(name) ?? []), rpc]);
  }
  return byPackage;
}

/** Lost calls are retried, and only those that the contract calls safe to repeat. */
function repeatable({ method, options }: Rpc): Repeatable[] {
  return options.idempotent ? [{ service: method.parent.typeName, method: method.name }] : [];
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function same(bytes: Buffer): Buffer {
  return bytes;
}
