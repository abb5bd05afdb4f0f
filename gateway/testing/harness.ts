/** A gateway before a backend of the test's own, both on free ports. */
import { Registry } from "prom-client";
import { silent } from "#kit/log.ts";
import type { Writers } from "../answer/reader.ts";
import { contractOf } from "../contract/contract.ts";
import { createGateway, type Gateway, type GatewayOptions } from "../gateway.ts";
import { type Answers, type Backend, startBackend } from "./backend.ts";
import { compile, depot } from "./contract.ts";
import { loadWriters } from "./writers.ts";

let compiled: Uint8Array | undefined;

/** The depot's descriptor set, compiled once. */
export function depotDescriptors(): Uint8Array {
  compiled ??= compile(depot);
  return compiled;
}

let loaded: Promise<Writers> | undefined;

/** Of its answers, generated once. */
function depotWriters(): Promise<Writers> {
  loaded ??= loadWriters(contractOf(depotDescriptors()).rpcs.map(({ method }) => method.output));
  return loaded;
}

export interface Bench {
  readonly url: string;
  readonly port: number;
  readonly gateway: Gateway;
  readonly backend: Backend;
  stop(): Promise<void>;
}

export async function startBench(
  answers: Answers,
  options: Partial<GatewayOptions> = {},
): Promise<Bench> {
  const descriptors = options.descriptors ?? depotDescriptors();
  const backend = await startBackend(contractOf(descriptors), answers);
  const gateway = createGateway({
    addressOf: () => backend.address,
    log: silent,
    metrics: new Registry(),
    ...(options.descriptors ? {} : { writers: await depotWriters() }),
    ...options,
    descriptors,
  });
  const port = await gateway.listen(0, "127.0.0.1");
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    gateway,
    backend,
    async stop() {
      await gateway.stop();
      backend.stop();
    },
  };
}

export interface Told {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests say what they expect of it
  readonly json: any;
}

/** One request, its answer read to the end. */
export async function ask(
  { url }: Bench,
  request: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Told> {
  const [method = "GET", path = "/"] = request.split(" ");
  const isText = typeof body === "string" || body instanceof Uint8Array;
  const response = await fetch(url + path, {
    method,
    headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
    ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("json") && text !== "";
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: isJson && !text.includes("\n") ? JSON.parse(text) : undefined,
  };
}
