// `tradepost call`: knows of the contracts no more than their descriptor set.
import { type DescMethod, fromBinary, fromJson, toBinary, toJsonString } from "@bufbuild/protobuf";
import { Client, type ClientReadableStream, type Metadata, type ServiceError } from "@grpc/grpc-js";
import {
  loadFileDescriptorSetFromBuffer,
  type MethodDefinition,
  type ServiceDefinition,
} from "@grpc/proto-loader";
import { descriptors } from "#gen/descriptors.ts";
import { methodOf, methodOptions, registry } from "#kit/descriptors.ts";
import { failure } from "./failure.ts";
import { addressOf, credentialsOf } from "./target.ts";
import { metadataOf, nameless, timeoutOf, type UnaryOptions } from "./unary.ts";
import { WrongUse } from "./wrong-use.ts";

export type CallOptions = UnaryOptions;

/** Writes the answer, or each of a stream, as canonical proto3 JSON. */
export async function call(
  rpc: string,
  json: string,
  options: CallOptions,
  write: (text: string) => void,
): Promise<void> {
  const { definition, method } = find(rpc);
  const request = encode(method, json);
  const timeoutMs = timeoutOf(options.timeout) ?? methodOptions(method).deadlineMs;
  const service = serviceOf(method, json);
  const address = await addressOf(service, options.address);
  const client = new Client(address, await credentialsOf(service, options), nameless);
  const metadata = metadataOf(options);
  const space = options.json ? 0 : 2;
  const limits = { deadline: Date.now() + timeoutMs };
  try {
    const answers = ask(client, definition, request, metadata, limits);
    for await (const bytes of answers) {
      const answer = fromBinary(method.output, bytes);
      const shown = { alwaysEmitImplicit: true, registry, prettySpaces: space };
      write(toJsonString(method.output, answer, shown));
    }
  } catch (error) {
    throw failure(error as ServiceError, options.json ?? false);
  } finally {
    client.close();
  }
}

type Limits = { readonly deadline: number };
type Definition = MethodDefinition<object, object>;

/** One answer, or those of a stream. The bytes are left alone: proto-loader has no canonical JSON. */
async function* ask(
  client: Client,
  { path, responseStream }: Definition,
  request: Buffer,
  metadata: Metadata,
  limits: Limits,
): AsyncIterable<Buffer> {
  const same = (bytes: Buffer) => bytes;
  if (responseStream) {
    const stream: ClientReadableStream<Buffer> = client.makeServerStreamRequest(
      path,
      same,
      same,
      request,
      metadata,
      limits,
    );
    yield* stream as AsyncIterable<Buffer>;
    return;
  }
  yield await new Promise<Buffer>((resolve, reject) => {
    client.makeUnaryRequest(path, same, same, request, metadata, limits, (error, answer) =>
      error ? reject(error) : resolve(answer as Buffer),
    );
  });
}

function find(rpc: string): { definition: Definition; method: DescMethod } {
  const [name = "", rpcName = ""] = rpc.split("/");
  const contracts = loadFileDescriptorSetFromBuffer(Buffer.from(descriptors, "base64"), {});
  const service = contracts[name];
  if (!service || "format" in service) {
    const known = Object.keys(contracts).filter((one) => !("format" in (contracts[one] ?? {})));
    throw new WrongUse(`there is no service ${name || '""'}: there are ${known.join(", ")}`);
  }
  const definition = (service as ServiceDefinition)[rpcName];
  const method = methodOf(rpc);
  if (!definition || !method) {
    const known = Object.keys(service).join(", ");
    throw new WrongUse(`${name} has no rpc ${rpcName || '""'}: it has ${known}`);
  }
  if (definition.requestStream) {
    throw new WrongUse(`${rpc} takes a stream of requests: a terminal has one`);
  }
  return { definition, method };
}

function encode(method: DescMethod, json: string): Buffer {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new WrongUse(`the request is not JSON: ${(error as Error).message}`);
  }
  try {
    const message = fromJson(method.input, value as never, { registry });
    return Buffer.from(toBinary(method.input, message));
  } catch (error) {
    throw new WrongUse(`the request does not fit: ${(error as Error).message}`);
  }
}

/** Whose rpc it is: by its package, or by what the request says where every service serves it. */
function serviceOf(method: DescMethod, json: string): string {
  const by = methodOptions(method).servedBy;
  if (by === undefined) {
    return method.parent.file.proto.package.split(".")[1] ?? "";
  }
  const named = (JSON.parse(json) as Record<string, unknown>)[by];
  if (typeof named !== "string" || named === "") {
    throw new WrongUse(`every service serves ${method.name}: name one in the request's ${by}`);
  }
  return named.split("_", 1)[0] ?? "";
}
