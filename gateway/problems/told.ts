import { type ServiceError, status } from "@grpc/grpc-js";
import type { Response } from "express";
import type { Log } from "#kit/log.ts";
import { exchangeOf } from "../exchange.ts";
import { problemOfStatus } from "./from-status.ts";
import type { Problem } from "./problem.ts";

/** What the client is told; what it is not told goes to the log. */
export function told(
  error: ServiceError,
  { path, bodyField }: { readonly path: string; readonly bodyField: string },
  log: Log,
  res: Response,
): Problem {
  const problem = problemOfStatus(error, bodyField);
  if (hidden.has(error.code)) {
    const { requestId } = exchangeOf(res);
    log.warn({ rpc: path, requestId, code: error.code, why: error.details }, "call failed");
  }
  return problem;
}

const hidden = new Set<number>([
  status.UNKNOWN,
  status.INTERNAL,
  status.UNAVAILABLE,
  status.DATA_LOSS,
  status.UNIMPLEMENTED,
]);
