/**
 * Credentials that services do not take, such as an API key, exchanged for an access token, by the
 * rpcs whose option `exchange` says so. Services see tokens only.
 */
import { createHash } from "node:crypto";
import { create, type DescField, fromBinary, toBinary } from "@bufbuild/protobuf";
import type { Metadata, ServiceError } from "@grpc/grpc-js";
import type { Request } from "express";
import { sendOnceMore } from "#kit/cut-off.ts";
import type { TokenExchange } from "../../services/kit/rpc-options.ts";
import { type Contract, packageOf, type Rpc } from "../contract/contract.ts";
import { type Local, setField } from "../json/fields.ts";
import { problemOfStatus } from "../problems/from-status.ts";
import { textField } from "../request/conventions.ts";
import { Kept } from "./kept.ts";
import type { Upstream } from "./upstream.ts";

const PATIENCE_MS = 2_000;
const MOST_KEPT = 10_000;

interface Exchange {
  readonly rpc: Rpc;
  readonly path: string;
  readonly packageName: string;
  readonly header: string;
  readonly credentials: DescField;
  readonly token: DescField;
  readonly kept: Kept<string>;
}

export class TokenExchanges {
  readonly #exchanges: readonly Exchange[];
  readonly #upstream: Upstream;

  constructor({ rpcs }: Contract, upstream: Upstream) {
    this.#exchanges = rpcs.flatMap((rpc) =>
      rpc.options.exchange ? [exchangeOf(rpc, rpc.options.exchange)] : [],
    );
    this.#upstream = upstream;
  }

  /**
   * Puts the token for a request's credentials into the metadata of its call, where the request has
   * some and no token; rejects with the problem that they are not good. The answer forgets the
   * token, for when a service does not believe it.
   */
  async authorize(req: Request, metadata: Metadata): Promise<(() => void) | undefined> {
    const exchange = this.#exchanges.find(({ header }) => req.headers[header] !== undefined);
    if (!exchange || req.headers.authorization !== undefined) {
      return undefined;
    }
    const credentials = String(req.headers[exchange.header]);
    // So that they are in memory for as long as the request, and no longer.
    const key = createHash("sha256").update(credentials).digest("base64");
    const token = exchange.kept.get(key, () => this.#ask(exchange, credentials, metadata));
    metadata.set("authorization", `Bearer ${await token}`);
    return () => exchange.kept.forget(key, token);
  }

  #ask(exchange: Exchange, credentials: string, metadata: Metadata): Promise<string> {
    const { rpc, path, packageName } = exchange;
    const { input, output } = rpc.method;
    const message = create(input);
    setField(message as unknown as Local, exchange.credentials, credentials);
    const request = toBinary(input, message);
    // Not the request's own: others wait for the same.
    const deadline = Date.now() + PATIENCE_MS;
    return new Promise((resolve, reject) => {
      const send = (answered: (error: ServiceError | null, bytes?: Uint8Array) => void) =>
        this.#upstream.unary({ path, packageName, metadata, deadline }, request, answered);
      sendOnceMore(rpc.options.idempotent, send, (error, bytes) => {
        if (error) {
          reject(problemOfStatus(error, ""));
          return;
        }
        const answer = fromBinary(output, bytes ?? new Uint8Array()) as unknown as Local;
        resolve(String(answer[exchange.token.localName]));
      });
    });
  }
}

function exchangeOf(
  rpc: Rpc,
  { header, credentials, token, keepSeconds }: TokenExchange,
): Exchange {
  const { method } = rpc;
  const field = (desc: typeof method.input, name: string) => {
    const found = textField(desc, name);
    if (!found) {
      throw new Error(`${desc.typeName} has no text ${name} to exchange`);
    }
    return found;
  };
  return {
    rpc,
    path: `/${method.parent.typeName}/${method.name}`,
    packageName: packageOf(method.parent),
    header,
    credentials: field(method.input, credentials),
    token: field(method.output, token),
    kept: new Kept({ forMs: keepSeconds * 1_000, most: MOST_KEPT }),
  };
}
