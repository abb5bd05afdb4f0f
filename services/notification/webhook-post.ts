/** One try of a webhook: an exchange over HTTP with somebody whom nothing is known of. */
import type { LookupAddress } from "node:dns";
import { once } from "node:events";
import { type IncomingMessage, request as requestPlain } from "node:http";
import { request as requestSecure } from "node:https";
import type { LookupFunction } from "node:net";
import type { Guard } from "./webhook-guard.ts";

/** Why there was no answer. */
export type PostError =
  | "NO_PUBLIC_ADDRESS"
  | "CONNECTION_FAILED"
  | "TLS_FAILED"
  | "TIMED_OUT"
  | "ENDPOINT_DISABLED";

/** What became of a try: what was answered, or why nothing was. */
export type Outcome = { readonly status: number } | { readonly error: PostError };

export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** Of an answer this much is read, and thrown away. */
const MOST_BYTES = 65_536;

/**
 * Never throws; when `signal` is aborted its time is up. Follows no redirect: where that leads
 * nobody has looked at.
 */
export async function post(guard: Guard, message: Post, signal: AbortSignal): Promise<Outcome> {
  try {
    const url = new URL(message.url);
    const addresses = await guard.addressesOf(url, signal);
    if (addresses.length === 0 && !signal.aborted) {
      return { error: "NO_PUBLIC_ADDRESS" };
    }
    return { status: await exchange(url, addresses, message, signal) };
  } catch (error) {
    return { error: signal.aborted ? "TIMED_OUT" : errorOf(error) };
  }
}

/** Answers the status once the answer is complete, or too long. */
async function exchange(
  url: URL,
  addresses: readonly LookupAddress[],
  { headers, body }: Post,
  signal: AbortSignal,
): Promise<number> {
  signal.throwIfAborted();
  const request = (url.protocol === "https:" ? requestSecure : requestPlain)(url, {
    method: "POST",
    headers,
    signal,
    lookup: only(addresses),
    // A connection that is kept may be to an address that was looked up for another try.
    agent: false,
  });
  // What breaks after the answer is nobody's business any more.
  request.on("error", () => {});
  request.end(body);
  const [response] = (await once(request, "response")) as [IncomingMessage];
  let bytes = 0;
  for await (const chunk of response) {
    bytes += (chunk as Buffer).length;
    if (bytes > MOST_BYTES) {
      break;
    }
  }
  request.destroy();
  return response.statusCode ?? 0;
}

/** Whatever name is asked for: the addresses that were judged. node asks for all and takes one that answers. */
function only(addresses: readonly LookupAddress[]): LookupFunction {
  return (_host, _options, answer) => answer(null, [...addresses]);
}

/** node's and OpenSSL's names for what is wrong with a certificate or a handshake. */
const OF_TLS = /^(ERR_TLS|ERR_SSL|EPROTO)|CERT|SELF_SIGNED|UNABLE_TO_/;

function errorOf(error: unknown): PostError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return OF_TLS.test(code) ? "TLS_FAILED" : "CONNECTION_FAILED";
}
