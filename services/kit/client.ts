// Typed clients of other services: a deadline always, faults instead of status codes, and
// retries only where the contract says that a call may be sent twice.
import {
  Client,
  type ClientReadableStream,
  Metadata,
  type ServiceError,
  type StatusObject,
} from "@grpc/grpc-js";
import type { Client as NiceClient } from "nice-grpc";
import type { Call } from "./call.ts";
import { channelOptions } from "./channel.ts";
import { serviceOf } from "./config.ts";
import { sendOnceMore } from "./cut-off.ts";
import { Fault } from "./errors.ts";
import { IncomingCall } from "./incoming.ts";
import { serviceKey } from "./peer.ts";
import { repeatableOf } from "./repeatable.ts";
import { targetOf } from "./resolver.ts";
import type { Definition } from "./rpc.ts";
import { faultOfStatus } from "./status.ts";
import { channelCredentials, type TlsFiles } from "./tls.ts";

/** How long a call may take, and on whose behalf it is; from `within`. */
export interface Within {
  readonly deadline: Date;
  readonly signal: AbortSignal | undefined;
  readonly metadata: Metadata;
}

/** A client of nice-grpc's shape in which no call is without a deadline. */
export type ClientOf<D extends Definition> = {
  [M in keyof NiceClient<D>]: NiceClient<D>[M] extends (
    request: infer Request,
    options?: infer _Options,
  ) => infer Answer
    ? (request: Request, within: Within) => Answer
    : never;
};

export interface ClientOptions {
  /** `host:port`, or `dns:///name:port`: all that stand behind a name, in turn. */
  readonly address: string;
  readonly tls: TlsFiles | undefined;
  /** Who calls, for a server that runs without TLS. */
  readonly service: string;
}

/** What an answer needs on its way back up. */
const marginMs = 50;

/** What a call is made for: a call that is being answered, or a saga that goes on without one. */
export type Origin = Pick<Call, "traceparent"> &
  Partial<Pick<Call, "requestId" | "deadline" | "signal">>;

/**
 * At most `timeoutMs`, and no longer than `call` has left. The request id and trace go along;
 * the person's token only with `asCaller`, else the service calls in its own name.
 */
export function within(
  call: Origin | undefined,
  timeoutMs: number,
  { asCaller = false, idempotencyKey }: { asCaller?: boolean; idempotencyKey?: string } = {},
): Within {
  const metadata = new Metadata();
  if (idempotencyKey) {
    metadata.set("idempotency-key", idempotencyKey);
  }
  const own = Date.now() + timeoutMs;
  if (!call) {
    return { deadline: new Date(own), signal: undefined, metadata };
  }
  if (call.requestId) {
    metadata.set("x-request-id", call.requestId);
  }
  metadata.set("traceparent", call.traceparent);
  if (asCaller && call instanceof IncomingCall && call.authorization) {
    metadata.set("authorization", call.authorization);
  }
  const left = call.deadline ? +call.deadline - marginMs : own;
  return { deadline: new Date(Math.min(own, left)), signal: call.signal, metadata };
}

/** Made once for the process; connects when first called. */
export function clientOf<D extends Definition>(
  definition: D,
  { address, tls, service }: ClientOptions,
): ClientOf<D> & { close(): void } {
  const name = serviceOf(definition.fullName);
  const repeatable = repeatableOf(definition);
  const connections = channelOptions(name, repeatable);
  const client = new Client(targetOf(address), channelCredentials(tls, name), connections);
  const methods = Object.entries(definition.methods).map(([key, method]) => {
    const rpc = `${definition.fullName}/${method.name}`;
    const { requestType, responseType } = method;
    const wire: Wire = {
      rpc,
      encode: (request) => toBuffer(requestType.encode(requestType.fromPartial(request)).finish()),
      decode: (bytes) => responseType.decode(bytes),
      ownName: tls ? undefined : service,
      mayRepeat: repeatable.some((one) => one.method === method.name),
    };
    if (method.requestStream) {
      return [key, () => Promise.reject(new Error(`${rpc}: this client sends no streams`))];
    }
    return [key, (method.responseStream ? streaming : unary)(client, wire)];
  });
  return Object.assign(Object.fromEntries(methods), { close: () => client.close() });
}

interface Wire {
  readonly rpc: string;
  readonly encode: (request: object) => Buffer;
  readonly decode: (bytes: Buffer) => unknown;
  readonly ownName: string | undefined;
  readonly mayRepeat: boolean;
}

function unary(client: Client, wire: Wire) {
  const path = `/${wire.rpc}`;
  return (request: object, { deadline, signal, metadata }: Within) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(new Fault("CANCELLED", "the caller went away"));
        return;
      }
      nameCaller(metadata, wire);
      const done = (error: ServiceError | null, answer?: unknown) => {
        signal?.removeEventListener("abort", cancel);
        error ? reject(faultOfStatus(error, wire.rpc)) : resolve(answer);
      };
      const { encode, decode, mayRepeat } = wire;
      const send = (answered: typeof done) =>
        client.makeUnaryRequest(path, encode, decode, request, metadata, { deadline }, answered);
      const call = sendOnceMore(mayRepeat, send, done);
      const cancel = () => call.cancel();
      signal?.addEventListener("abort", cancel, { once: true });
    });
}

function streaming(client: Client, wire: Wire) {
  const path = `/${wire.rpc}`;
  return async function* (request: object, { deadline, signal, metadata }: Within) {
    if (signal?.aborted) {
      throw new Fault("CANCELLED", "the caller went away");
    }
    nameCaller(metadata, wire);
    const { encode, decode } = wire;
    const call: ClientReadableStream<unknown> = client.makeServerStreamRequest(
      path,
      encode,
      decode,
      request,
      metadata,
      { deadline },
    );
    const cancel = () => call.cancel();
    signal?.addEventListener("abort", cancel, { once: true });
    try {
      yield* call;
    } catch (error) {
      throw isStatus(error) ? faultOfStatus(error, wire.rpc) : error;
    } finally {
      signal?.removeEventListener("abort", cancel);
      call.cancel();
    }
  };
}

function nameCaller(metadata: Metadata, { ownName }: Wire): void {
  if (ownName && metadata.get(serviceKey).length === 0) {
    metadata.set(serviceKey, ownName);
  }
}

function isStatus(error: unknown): error is StatusObject {
  return error instanceof Error && "code" in error && typeof error.code === "number";
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
