import { createHash, randomBytes, randomUUID } from "node:crypto";
import type { CallContext, Metadata } from "nice-grpc-common";
import { type Call, type Caller, nobody } from "./call.ts";
import { Fault } from "./errors.ts";
import { deadlineKey, peerKey } from "./peer.ts";

/**
 * A request message with its bytes, as the server's codec hands it to the chain; handlers get
 * the message alone. (A WeakMap from message to bytes costs the collector more than the call.)
 */
export interface Received {
  /** Undefined: the bytes are no such message. */
  readonly message: object | undefined;
  readonly bytes: Uint8Array;
}

/** Why a stream is over that has lived its time: no fault, the client comes back. */
export const streamOver = new Error("the stream has lived its time");

const requestIdForm = /^[A-Za-z0-9._-]{1,128}$/;
const traceparentForm = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** A call as the server sees it. */
export class IncomingCall implements Call {
  readonly rpc: string;
  readonly requestId: string;
  readonly traceparent: string;
  readonly deadline: Date;
  readonly signal: AbortSignal;
  caller: Caller = nobody;
  readonly #metadata: Metadata;
  readonly #answer: Metadata;
  readonly #headers: readonly string[];
  readonly #keepsAnswers: boolean;
  readonly #controller: AbortController | undefined;
  #clock: NodeJS.Timeout | undefined;
  #bytes: Uint8Array | undefined;
  #hash: Buffer | undefined;

  constructor(
    context: CallContext,
    rules: {
      readonly rpc: string;
      readonly headers: readonly string[];
      readonly deadlineMs: number;
      readonly isStream: boolean;
      readonly keepsAnswers: boolean;
    },
  ) {
    const { metadata, header, signal } = context;
    const requestId = metadata.get("x-request-id");
    const traceparent = metadata.get("traceparent");
    this.rpc = rules.rpc;
    this.#headers = rules.headers;
    this.#keepsAnswers = rules.keepsAnswers;
    this.#metadata = metadata;
    this.#answer = header;
    this.requestId = requestId && requestIdForm.test(requestId) ? requestId : randomUUID();
    this.traceparent =
      traceparent && traceparentForm.test(traceparent) ? traceparent : newTraceparent();
    const asked = Number(metadata.get(deadlineKey) ?? Number.POSITIVE_INFINITY);
    const own = Date.now() + rules.deadlineMs;
    this.deadline = new Date(Math.min(asked, own));
    // The caller's own deadline is grpc-js's to keep, and most calls need no other end.
    if (own < asked || rules.isStream) {
      this.#controller = new AbortController();
      signal.addEventListener("abort", () => this.abort(signal.reason), { once: true });
      const end = () => this.abort(rules.isStream ? streamOver : late());
      this.#clock = own < asked ? setTimeout(end, rules.deadlineMs) : undefined;
    }
    this.signal = this.#controller?.signal ?? signal;
    if (signal.aborted) {
      this.abort(signal.reason);
    }
  }

  /** The peer by its certificate. */
  get service(): string | undefined {
    return this.#metadata.get(peerKey);
  }

  /** `Bearer …` of the person, to be checked or passed on; never logged. */
  get authorization(): string | undefined {
    return this.#metadata.get("authorization");
  }

  get idempotencyKey(): string | undefined {
    return this.#keepsAnswers ? this.#text("idempotency-key") : undefined;
  }

  get requestHash(): Buffer {
    this.#hash ??= createHash("sha256")
      .update(this.#bytes ?? Buffer.alloc(0))
      .digest();
    return this.#hash;
  }

  /** The request, once it is known. */
  received(bytes: Uint8Array | undefined): void {
    this.#bytes = bytes;
  }

  header(name: string): string | undefined {
    return this.#headers.includes(name) ? this.#text(name) : undefined;
  }

  markReplayed(): void {
    this.#answer.set("idempotent-replayed", "true");
  }

  /** The answer is given. */
  close(): void {
    clearTimeout(this.#clock);
  }

  #text(name: string): string | undefined {
    const value = this.#metadata.get(name);
    return typeof value === "string" ? value : undefined;
  }

  /** Tells the handler to give up. */
  abort(reason: unknown): void {
    this.#controller?.abort(reason);
  }
}

export function late(): Fault {
  return new Fault("DEADLINE_EXCEEDED", "the deadline has passed");
}

export function newTraceparent(): string {
  const hex = randomBytes(24).toString("hex");
  return `00-${hex.slice(0, 32)}-${hex.slice(32)}-01`;
}
