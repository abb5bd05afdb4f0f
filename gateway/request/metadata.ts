/** Which request headers reach a service, and as what. All others stay here. */
import { isIP } from "node:net";
import { Metadata } from "@grpc/grpc-js";
import type { Request } from "express";
import type { Exchange } from "../exchange.ts";
import { problem } from "../problems/problem.ts";

const passedOn = ["authorization", "accept-language"] as const;

export interface MetadataOptions {
  /** How many proxies of ours stand before the gateway and write `X-Forwarded-For`. */
  readonly trustedProxies: number;
  /** Sent with each call: who the gateway is, where no certificate says so. */
  readonly identity: Readonly<Record<string, string>>;
}

/** @param named the headers that the rpc's option `headers` names */
export function metadataOf(
  req: Request,
  exchange: Exchange,
  named: readonly string[],
  options: MetadataOptions,
): Metadata {
  const metadata = new Metadata();
  for (const name in options.identity) {
    metadata.set(name, options.identity[name] as string);
  }
  metadata.set("x-request-id", exchange.requestId);
  metadata.set("traceparent", exchange.traceparent);
  for (const name of passedOn) {
    pass(metadata, name, req.headers[name]);
  }
  for (const name of named) {
    pass(metadata, name, req.headers[name]);
  }
  pass(metadata, "x-client-agent", req.headers["user-agent"]);
  pass(metadata, "x-client-address", clientAddress(req, options.trustedProxies));
  const key = idempotencyKey(req);
  if (key !== undefined) {
    metadata.set("idempotency-key", key);
  }
  return metadata;
}

function pass(metadata: Metadata, name: string, value: string | string[] | undefined): void {
  if (value !== undefined) {
    const text = typeof value === "string" ? value : value.join(", ");
    // What gRPC allows in a header's value; a stray byte must not cost the call.
    metadata.set(name, text.replace(/[^ -~]/g, "?"));
  }
}

/** `undefined` without one; 400 for one that is not 1 to 255 printable ASCII characters. */
function idempotencyKey(req: Request): string | undefined {
  const key = req.headers["idempotency-key"];
  if (key === undefined || (typeof key === "string" && /^[!-~ ]{1,255}$/.test(key))) {
    return key as string | undefined;
  }
  const message = "must be 1 to 255 printable ASCII characters";
  throw problem("INVALID_FIELD", `Idempotency-Key: ${message}`, {
    violations: [{ field: "Idempotency-Key", rule: "header", message }],
  });
}

/**
 * The address that the outermost trusted proxy saw. Further left in `X-Forwarded-For` stands
 * whatever a client cared to write.
 */
function clientAddress(req: Request, trustedProxies: number): string {
  const peer = req.socket.remoteAddress ?? "";
  if (trustedProxies === 0) {
    return peer;
  }
  const forwarded = String(req.headers["x-forwarded-for"] ?? "").split(",");
  const address = forwarded.at(-trustedProxies)?.trim() ?? "";
  return isIP(address) ? address : peer;
}
