import { type ServiceError, status } from "@grpc/grpc-js";
import type { Violation } from "#kit/errors.ts";
import { decodeDetails, detailsKey } from "#kit/status.ts";

/** What a service refused, or that it was not reached. */
export class CallFailed extends Error {
  override readonly name = "CallFailed";
}

/** In words, or as one JSON object; `service` is who was asked, where that needs saying. */
export function failure(error: ServiceError, isJson: boolean, service?: string): CallFailed {
  const bytes = error.metadata?.get(detailsKey)[0];
  const fault = bytes instanceof Buffer ? decodeDetails(bytes) : undefined;
  const { reason = "", metadata = {}, violations = [] } = fault ?? {};
  const code = status[error.code] ?? "UNKNOWN";
  const message = error.details;
  if (isJson) {
    const told = { ...(service && { service }), code, reason, message, metadata, violations };
    return new CallFailed(JSON.stringify({ error: told }), { cause: error });
  }
  const head = [service && `${service}:`, code, reason].filter(Boolean).join(" ");
  // A single violation is the message already.
  const rest = violations.length > 1 ? violations.map(inWords) : [];
  return new CallFailed([`${head}: ${message}`, ...rest].join("\n"), { cause: error });
}

function inWords({ field, message }: Violation): string {
  return `  ${field}: ${message}`;
}
