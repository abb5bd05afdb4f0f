/** What a service answered with a status other than OK, as a problem. */
import { type StatusObject, status } from "@grpc/grpc-js";
import {
  badRequestUrl,
  type ErrorInfo,
  errorInfoUrl,
  requestInfoUrl,
  retryInfoUrl,
} from "#kit/google-rpc.ts";
import {
  decodeBadRequest,
  decodeErrorInfo,
  decodeRequestInfo,
  decodeRetryInfo,
  decodeStatus,
} from "#kit/google-rpc-decode.ts";
import { codeName, reasonOfCode, toldOfCode } from "./codes.ts";
import { jsonPath } from "./json-path.ts";
import { internal, Problem, type Violation } from "./problem.ts";

interface Details {
  readonly info: ErrorInfo | undefined;
  readonly violations: readonly Violation[];
  readonly retryAfter: number | undefined;
  /** Of the first request, where this is a kept answer to a repeat. */
  readonly requestId: string | undefined;
}

/**
 * Words of a service that named no reason are passed on only where the caller is at fault; what
 * else a status says may tell of hosts, SQL or stacks.
 */
const callersFault = new Set<number>([
  status.INVALID_ARGUMENT,
  status.NOT_FOUND,
  status.ALREADY_EXISTS,
  status.PERMISSION_DENIED,
  status.UNAUTHENTICATED,
  status.FAILED_PRECONDITION,
  status.ABORTED,
  status.OUT_OF_RANGE,
]);

/** @param bodyField the request's field that the HTTP body fills; "" for none or all */
export function problemOfStatus(error: Partial<StatusObject>, bodyField: string): Problem {
  const code = error.code ?? status.UNKNOWN;
  const { info, violations, retryAfter, requestId } = detailsOf(error, bodyField);
  const told = toldOfCode(code);
  if (info) {
    return new Problem(info.reason, error.details || told.title, {
      metadata: info.metadata,
      violations,
      retryAfter,
      requestId,
      told,
    });
  }
  const reason = reasonOfCode[code] ?? codeName(code);
  if (reason === "INTERNAL") {
    return internal();
  }
  const detail = callersFault.has(code) && error.details ? error.details : told.title;
  return new Problem(reason, detail, { violations, retryAfter, told });
}

function detailsOf(error: Partial<StatusObject>, bodyField: string): Details {
  const [bytes] = error.metadata?.get("grpc-status-details-bin") ?? [];
  if (!(bytes instanceof Buffer)) {
    return none;
  }
  try {
    const { details } = decodeStatus(bytes);
    const find = (url: string) => details.find(({ typeUrl }) => typeUrl === url)?.value;
    const info = find(errorInfoUrl);
    const badRequest = find(badRequestUrl);
    const retryInfo = find(retryInfoUrl);
    const requestInfo = find(requestInfoUrl);
    return {
      info: info && decodeErrorInfo(info),
      violations: (badRequest ? decodeBadRequest(badRequest) : []).map(
        ({ field, description, reason }) => ({
          field: jsonPath(field, bodyField),
          rule: reason,
          message: description,
        }),
      ),
      retryAfter: retryInfo && Math.max(1, Math.ceil(decodeRetryInfo(retryInfo) / 1_000)),
      requestId: requestInfo && decodeRequestInfo(requestInfo),
    };
  } catch {
    // Details that cannot be read leave the code, which is enough to answer.
    return none;
  }
}

const none: Details = {
  info: undefined,
  violations: [],
  retryAfter: undefined,
  requestId: undefined,
};
