/** A gRPC server that answers the rpcs of a descriptor set with functions on JSON. */
import {
  type DescMessage,
  type DescMethod,
  fromBinary,
  fromJson,
  type JsonValue,
  type Registry,
  toBinary,
  toJson,
} from "@bufbuild/protobuf";
import {
  Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
  type status,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import type { Contract } from "../contract/contract.ts";

export interface Received {
  readonly metadata: Metadata;
  /** Milliseconds since 1970. */
  readonly deadline: number;
  /** Aborted when the caller has gone away. */
  readonly signal: AbortSignal;
  /** Sent before the answer. */
  readonly initial: Metadata;
}

type Json = JsonValue;
// biome-ignore lint/suspicious/noExplicitAny: tests read what they sent
type Answer = (request: any, received: Received) => unknown;
/** By rpc name: an object, a promise of one, or for a stream an async generator of them. */
export type Answers = Readonly<Record<string, Answer>>;

/** A status to be thrown. */
export function refusal(code: status, details: string, bytes?: Uint8Array) {
  const metadata = new Metadata();
  if (bytes) {
    metadata.set("grpc-status-details-bin", Buffer.from(bytes));
  }
  return Object.assign(new Error(details), { code, details, metadata });
}

export interface Backend {
  readonly address: string;
  stop(): void;
}

export async function startBackend(
  { rpcs, registry }: Contract,
  answers: Answers,
  port = 0,
): Promise<Backend> {
  const server = new Server();
  for (const { method } of rpcs) {
    const answer = answers[method.name];
    if (answer) {
      const isStream = method.methodKind === "server_streaming";
      const handlers = {
        [method.name]: isStream
          ? (call: ServerWritableStream<Buffer, Buffer>) =>
              void answerStream(call, method, answer, registry)
          : (call: ServerUnaryCall<Buffer, Buffer>, done: Done) =>
              void answerUnary(call, done, method, answer, registry),
      };
      server.addService(
        definitionOf(method, isStream),
        handlers as unknown as UntypedServiceImplementation,
      );
    }
  }
  const bound = await new Promise<number>((resolve, reject) => {
    const credentials = ServerCredentials.createInsecure();
    server.bindAsync(`127.0.0.1:${port}`, credentials, (error, free) =>
      error ? reject(error) : resolve(free),
    );
  });
  return { address: `127.0.0.1:${bound}`, stop: () => server.forceShutdown() };
}

type Done = (error: unknown, response?: Buffer) => void;

function definitionOf(method: DescMethod, isStream: boolean): ServiceDefinition {
  const same = (bytes: Buffer) => bytes;
  return {
    [method.name]: {
      path: `/${method.parent.typeName}/${method.name}`,
      requestStream: false,
      responseStream: isStream,
      requestSerialize: same,
      requestDeserialize: same,
      responseSerialize: same,
      responseDeserialize: same,
    },
  };
}

async function answerUnary(
  call: ServerUnaryCall<Buffer, Buffer>,
  done: Done,
  method: DescMethod,
  answer: Answer,
  registry: Registry,
): Promise<void> {
  try {
    const received = receivedOf(call);
    const answered = await answer(decode(method.input, call.request, registry), received);
    call.sendMetadata(received.initial);
    done(null, encode(method.output, answered, registry));
  } catch (error) {
    done(error);
  }
}

async function answerStream(
  call: ServerWritableStream<Buffer, Buffer>,
  method: DescMethod,
  answer: Answer,
  registry: Registry,
): Promise<void> {
  try {
    const request = decode(method.input, call.request, registry);
    for await (const message of answer(request, receivedOf(call)) as AsyncIterable<unknown>) {
      if (!call.write(encode(method.output, message, registry))) {
        await drained(call);
      }
    }
    call.end();
  } catch (error) {
    call.emit("error", error);
  }
}

function drained(call: ServerWritableStream<Buffer, Buffer>): Promise<void> {
  return new Promise((resolve) => {
    function done(): void {
      call.off("drain", done).off("cancelled", done);
      resolve();
    }
    call.on("drain", done).on("cancelled", done);
  });
}

function receivedOf(
  call: ServerUnaryCall<Buffer, Buffer> | ServerWritableStream<Buffer, Buffer>,
): Received {
  const controller = new AbortController();
  call.on("cancelled", () => controller.abort());
  return {
    metadata: call.metadata,
    deadline: Number(call.getDeadline()),
    signal: controller.signal,
    initial: new Metadata(),
  };
}

function decode(desc: DescMessage, bytes: Uint8Array, registry: Registry): Json {
  return toJson(desc, fromBinary(desc, bytes), { registry });
}

function encode(desc: DescMessage, value: unknown, registry: Registry): Buffer {
  return value instanceof Uint8Array
    ? Buffer.from(value)
    : Buffer.from(toBinary(desc, fromJson(desc, value as Json, { registry })));
}
