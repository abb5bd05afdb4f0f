// Fault ↔ gRPC status: the code, the message, and google.rpc.Status in the trailer.
import { status as Code, type StatusObject } from "@grpc/grpc-js";
import { ServerError } from "nice-grpc-common";
import { catalogue } from "./descriptors.ts";
import { Fault, type ReasonName } from "./errors.ts";
import {
  badRequestUrl,
  encodeBadRequest,
  encodeErrorInfo,
  encodeRequestInfo,
  encodeRetryInfo,
  encodeStatus,
  errorInfoUrl,
  requestInfoUrl,
  retryInfoUrl,
} from "./google-rpc.ts";
import {
  decodeBadRequest,
  decodeErrorInfo,
  decodeRequestInfo,
  decodeRetryInfo,
  decodeStatus,
} from "./google-rpc-decode.ts";

/** Where google.rpc.Status travels. */
export const detailsKey = "grpc-status-details-bin";

const domain = "tradepost.dev";

/**
 * google.rpc.Status of a fault, for the trailer; with `requestId` for a kept answer, which
 * repeats the first request's.
 */
export function encodeDetails(fault: Fault, requestId = fault.requestId): Buffer {
  const { reason, message, metadata, violations, retryAfterMs } = fault;
  const details = [encodeErrorInfo({ reason, domain, metadata })];
  if (violations.length > 0) {
    details.push(
      encodeBadRequest(
        violations.map(({ field, rule, message: description }) => ({
          field,
          description,
          reason: rule,
        })),
      ),
    );
  }
  if (retryAfterMs !== undefined) {
    details.push(encodeRetryInfo(retryAfterMs));
  }
  if (requestId !== undefined) {
    details.push(encodeRequestInfo(requestId));
  }
  return Buffer.from(encodeStatus({ code: codeOf(fault), message, details }));
}

/** The fault in a google.rpc.Status of ours; anything else is none. */
export function decodeDetails(bytes: Uint8Array | undefined): Fault | undefined {
  if (!bytes) {
    return undefined;
  }
  const { message, details } = decodeStatus(bytes);
  const find = (url: string) => details.find(({ typeUrl }) => typeUrl === url)?.value;
  const info = decodeErrorInfo(find(errorInfoUrl) ?? new Uint8Array());
  if (info.domain !== domain || !Object.hasOwn(catalogue, info.reason)) {
    return undefined;
  }
  const badRequest = find(badRequestUrl);
  const retryInfo = find(retryInfoUrl);
  const requestInfo = find(requestInfoUrl);
  return new Fault(info.reason as ReasonName, message, {
    metadata: info.metadata,
    violations: (badRequest ? decodeBadRequest(badRequest) : []).map(
      ({ field, description, reason }) => ({ field, rule: reason, message: description }),
    ),
    ...(retryInfo && { retryAfterMs: decodeRetryInfo(retryInfo) }),
    ...(requestInfo && { requestId: decodeRequestInfo(requestInfo) }),
  });
}

/** What a status means that came without a reason of ours: transport, deadline, another's bug. */
const reasonOfCode: Readonly<Partial<Record<number, ReasonName>>> = {
  [Code.CANCELLED]: "CANCELLED",
  [Code.DEADLINE_EXCEEDED]: "DEADLINE_EXCEEDED",
  [Code.RESOURCE_EXHAUSTED]: "OVERLOADED",
  [Code.UNIMPLEMENTED]: "UNIMPLEMENTED",
  [Code.UNAVAILABLE]: "DEPENDENCY_DOWN",
};

/** After these nobody knows whether the call had its effect. */
const unknownOutcome: ReadonlySet<number> = new Set([
  Code.CANCELLED,
  Code.UNKNOWN,
  Code.DEADLINE_EXCEEDED,
  Code.INTERNAL,
  Code.UNAVAILABLE,
  Code.DATA_LOSS,
]);

const withUnknownOutcome = new WeakSet<Fault>();

/**
 * What went wrong with a call to `rpc`: the callee's own fault, or one that says what the
 * transport said. Words of the transport may hold addresses, so they are the cause only.
 */
export function faultOfStatus(error: StatusObject, rpc: string): Fault {
  const [bytes] = error.metadata?.get(detailsKey) ?? [];
  const told = decodeDetails(bytes as Buffer | undefined);
  const fault =
    told ??
    new Fault(reasonOfCode[error.code] ?? "DEPENDENCY_DOWN", words(error.code, rpc), {
      cause: error,
    });
  if (unknownOutcome.has(catalogue[fault.reason].code) || unknownOutcome.has(error.code)) {
    withUnknownOutcome.add(fault);
  }
  return fault;
}

function words(code: number, rpc: string): string {
  const service = rpc.split(".")[1] ?? "service";
  return code === Code.DEADLINE_EXCEEDED
    ? `${service} did not answer in time`
    : `${service} does not answer`;
}

/**
 * Whether a call failed in a way that leaves open what it did: lost, late, cancelled, or broken
 * on the other side. Ask again by key; never take it for a refusal.
 */
export function isUnknownOutcome(error: unknown): boolean {
  return error instanceof Fault && withUnknownOutcome.has(error);
}

/** gRPC's name of a code: 5 → NOT_FOUND. */
export function codeName(code: number): string {
  return Code[code] ?? "UNKNOWN";
}

export function codeOf(fault: Fault): number {
  return catalogue[fault.reason].code;
}

export { Code, ServerError };
