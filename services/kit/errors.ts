import type { Reason } from "#gen/tradepost/errors/v1/errors.ts";

/** Stable and UPPER_SNAKE_CASE; clients branch on this, never on a message. */
export type ReasonName = Exclude<keyof typeof Reason, "REASON_UNSPECIFIED">;

/** One rule that one field of the request breaks. */
export interface Violation {
  /** In JSON names: `items[0].quantity`. */
  readonly field: string;
  /** The rule's id: `int32.gte_lte`. */
  readonly rule: string;
  readonly message: string;
}

export interface FaultOptions {
  readonly metadata?: Readonly<Record<string, string>>;
  readonly violations?: readonly Violation[];
  /** When a retry may help, in milliseconds from now. */
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
  /** Of the request that was answered first, where this is a kept answer to a repeat. */
  readonly requestId?: string;
}

/**
 * An error the caller is meant to see. Anything else that is thrown reaches the
 * caller as INTERNAL "internal error" with no detail, and the log with its stack.
 */
export class Fault extends Error {
  override readonly name = "Fault";
  readonly reason: ReasonName;
  readonly metadata: Readonly<Record<string, string>>;
  readonly violations: readonly Violation[];
  readonly retryAfterMs: number | undefined;
  readonly requestId: string | undefined;

  constructor(reason: ReasonName, message: string, options: FaultOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.reason = reason;
    this.metadata = options.metadata ?? {};
    this.violations = options.violations ?? [];
    this.retryAfterMs = options.retryAfterMs;
    this.requestId = options.requestId;
  }
}

/** A request that breaks a rule which only the service can check. */
export function invalidField(field: string, message: string, rule = "custom"): Fault {
  return new Fault("INVALID_FIELD", `${field}: ${message}`, {
    violations: [{ field, rule, message }],
  });
}
