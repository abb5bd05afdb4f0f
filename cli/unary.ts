// One rpc of a service, with the messages of its contract.
import { Client, Metadata, type ServiceError } from "@grpc/grpc-js";
import type { Codec } from "#kit/json.ts";
import { failure } from "./failure.ts";
import { addressOf, credentialsOf, type TargetOptions } from "./target.ts";
import { WrongUse } from "./wrong-use.ts";

export interface UnaryOptions extends TargetOptions {
  readonly token?: string;
  readonly timeout?: string;
  readonly json?: true;
}

/** A method of a definition as ts-proto writes it. */
interface Method<Request, Answer> {
  readonly name: string;
  readonly requestType: Codec<Request> & { fromPartial(partial: never): Request };
  readonly responseType: Codec<Answer>;
}

/** An address is no name for TLS (RFC 6066); the certificate is believed by its service's identity. */
export const nameless = { "grpc.ssl_target_name_override": "localhost" };

/** `contract`: the full name of the service in its contract, `service` that of whoever serves it. */
export async function unary<Request, Answer>(
  contract: string,
  { name, requestType, responseType }: Method<Request, Answer>,
  service: string,
  request: Partial<Request>,
  options: UnaryOptions,
): Promise<Answer> {
  const timeoutMs = timeoutOf(options.timeout) ?? 5_000;
  const address = await addressOf(service, options.address);
  const client = new Client(address, await credentialsOf(service, options), nameless);
  const whole = requestType.fromPartial(request as never);
  try {
    return await new Promise<Answer>((resolve, reject) =>
      client.makeUnaryRequest(
        `/${contract}/${name}`,
        (message: Request) => Buffer.from(requestType.encode(message).finish()),
        (bytes) => responseType.decode(bytes),
        whole,
        metadataOf(options),
        { deadline: Date.now() + timeoutMs },
        (error, answer) => (error ? reject(error) : resolve(answer as Answer)),
      ),
    );
  } catch (error) {
    throw failure(error as ServiceError, options.json ?? false, service);
  } finally {
    client.close();
  }
}

export function metadataOf({ token = process.env.TRADEPOST_TOKEN }: UnaryOptions): Metadata {
  const metadata = new Metadata();
  if (token) {
    metadata.set("authorization", `Bearer ${token}`);
  }
  return metadata;
}

export function timeoutOf(text: string | undefined): number | undefined {
  if (text === undefined) {
    return undefined;
  }
  const ms = Number(text);
  if (!Number.isInteger(ms) || ms < 1) {
    throw new WrongUse(`--timeout is ${text}: it must be milliseconds, 1 or more`);
  }
  return ms;
}
