import { status } from "@grpc/grpc-js";
import type { Told } from "../contract/catalogue.ts";

/** `FAILED_PRECONDITION` of 9. */
export function codeName(code: number): string {
  return status[code] ?? "UNKNOWN";
}

/** The reason of an error that names none: from a service that is not ours, or from grpc-js. */
export const reasonOfCode: Readonly<Record<number, string>> = {
  [status.CANCELLED]: "CANCELLED",
  [status.UNKNOWN]: "INTERNAL",
  [status.INVALID_ARGUMENT]: "INVALID_FIELD",
  [status.DEADLINE_EXCEEDED]: "DEADLINE_EXCEEDED",
  [status.PERMISSION_DENIED]: "ROLE_REQUIRED",
  [status.RESOURCE_EXHAUSTED]: "OVERLOADED",
  [status.UNIMPLEMENTED]: "UNIMPLEMENTED",
  [status.INTERNAL]: "INTERNAL",
  [status.UNAVAILABLE]: "DEPENDENCY_DOWN",
  [status.DATA_LOSS]: "INTERNAL",
  [status.UNAUTHENTICATED]: "INVALID_TOKEN",
};

/** How a reason that is in no catalogue is told, by its gRPC code alone (api.md's table). */
export function toldOfCode(code: number): Told {
  const [httpStatus, title] = byCode[code] ?? [500, "Something went wrong"];
  return { code, httpStatus, title };
}

const byCode: Readonly<Record<number, readonly [number, string]>> = {
  [status.CANCELLED]: [499, "The caller went away"],
  [status.INVALID_ARGUMENT]: [400, "The request is not valid"],
  [status.DEADLINE_EXCEEDED]: [504, "It took too long"],
  [status.NOT_FOUND]: [404, "There is no such thing"],
  [status.ALREADY_EXISTS]: [409, "There is one already"],
  [status.PERMISSION_DENIED]: [403, "The caller may not do this"],
  [status.RESOURCE_EXHAUSTED]: [503, "Too busy"],
  [status.FAILED_PRECONDITION]: [409, "The state does not allow this"],
  [status.ABORTED]: [409, "It was changed meanwhile"],
  [status.OUT_OF_RANGE]: [400, "The request is out of range"],
  [status.UNIMPLEMENTED]: [501, "Not implemented"],
  [status.UNAVAILABLE]: [503, "A part of the mesh does not answer"],
  [status.UNAUTHENTICATED]: [401, "Credentials are needed"],
};
