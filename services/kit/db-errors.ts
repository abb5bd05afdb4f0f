import { Fault } from "./errors.ts";

/** SQLSTATEs and errno names that mean "not reachable now", whoever asks. */
const DOWN = new Set([
  "57P01", // admin_shutdown
  "57P02", // crash_shutdown
  "57P03", // cannot_connect_now
  "57P05", // idle_session_timeout
  "53300", // too_many_connections
  "25006", // read_only_sql_transaction: the primary has moved
  "25P03", // idle_in_transaction_session_timeout
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ENOENT",
]);

/** pg gives these no code. */
const DOWN_MESSAGE =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Client was closed|Cannot use a pool after)/;

/** serialization_failure and deadlock_detected: the same work may succeed now. */
export function isConflict(error: unknown): boolean {
  const code = codeOf(error);
  return code === "40001" || code === "40P01";
}

/** Whether the connection that threw this is of no more use. */
export function isBroken(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof Fault) {
    return false;
  }
  const code = codeOf(error);
  return DOWN.has(code) || code.startsWith("08") || DOWN_MESSAGE.test(error.message);
}

/** What pg throws, as what a caller may see; anything it does not know stays as it is. */
export function asFault(error: unknown): unknown {
  if (isBroken(error)) {
    return new Fault("DEPENDENCY_DOWN", "the database cannot be reached", {
      cause: error,
      retryAfterMs: 1_000,
    });
  }
  const code = codeOf(error);
  // Still in conflict after all retries, or timed out on a statement or a lock.
  if (isConflict(error) || code === "57014" || code === "55P03") {
    return new Fault("OVERLOADED", "the database is too busy", {
      cause: error,
      retryAfterMs: 1_000,
    });
  }
  return error;
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : "";
  return typeof code === "string" ? code : "";
}
