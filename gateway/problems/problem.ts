import type { Catalogue, OwnReason, Told } from "../contract/catalogue.ts";
import { codeName } from "./codes.ts";

/** One rule that one field of the request breaks. */
export interface Violation {
  /** In JSON names: `items[0].quantity`. */
  readonly field: string;
  readonly rule: string;
  readonly message: string;
}

export interface ProblemOptions {
  readonly metadata?: Readonly<Record<string, string>>;
  readonly violations?: readonly Violation[];
  /** In seconds; 503 and 429 without one say 1. */
  readonly retryAfter?: number | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of the request that is told about, where that is an earlier one. */
  readonly requestId?: string | undefined;
  /** For a reason that the catalogue does not know: a service may be newer than the gateway. */
  readonly told?: Told | undefined;
}

/** What the caller is told instead of an answer. Thrown or passed on; nothing else reaches it. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly reason: string;
  readonly options: ProblemOptions;

  constructor(reason: string, detail: string, options: ProblemOptions = {}) {
    super(detail);
    this.reason = reason;
    this.options = options;
  }
}

export function withHeaders(found: Problem, headers: Readonly<Record<string, string>>): Problem {
  const options = { ...found.options, headers: { ...found.options.headers, ...headers } };
  return new Problem(found.reason, found.message, options);
}

/** A problem that the gateway itself finds. */
export function problem(reason: OwnReason, detail: string, options?: ProblemOptions): Problem {
  return new Problem(reason, detail, options);
}

export const internal = () =>
  problem("INTERNAL", "the request id leads to what happened, in the log");

/** RFC 9457, with our members. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly reason: string;
  readonly code: string;
  readonly requestId: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly violations: readonly Violation[];
}

export function documentOf(
  { reason, message, options }: Problem,
  catalogue: Catalogue,
  requestId: string,
): ProblemDocument {
  const told = catalogue.get(reason) ?? options.told ?? unknownReason;
  return {
    type: `https://tradepost.dev/errors/${reason}`,
    title: told.title,
    status: told.httpStatus,
    detail: message,
    reason,
    code: codeName(told.code),
    requestId: options.requestId ?? requestId,
    metadata: options.metadata ?? {},
    violations: options.violations ?? [],
  };
}

const unknownReason: Told = { code: 13, httpStatus: 500, title: "Something went wrong" };

/** The headers that a problem brings, besides its content type. */
export function headersOf(found: Problem, status: number): Record<string, string> {
  const headers: Record<string, string> = { "Cache-Control": "no-store", ...found.options.headers };
  if (status === 401) {
    headers["WWW-Authenticate"] = "Bearer";
  }
  if (status === 503 || status === 429 || found.options.retryAfter !== undefined) {
    headers["Retry-After"] = String(found.options.retryAfter ?? 1);
  }
  return headers;
}

/**
 * All that is wrong with a request's fields, collected while it is read. One problem tells all:
 * UNKNOWN_FIELD where a name is not known, else INVALID_FIELD.
 */
export class Violations {
  readonly #found: Violation[] = [];
  #unknown = false;

  add(field: string, rule: string, message: string): void {
    // A client does not read more, and a hostile one is not to fill memory.
    if (this.#found.length < 100) {
      this.#found.push({ field, rule, message });
    }
  }

  unknown(field: string): void {
    this.#unknown = true;
    this.add(field, "unknown", "is not known");
  }

  get isEmpty(): boolean {
    return this.#found.length === 0;
  }

  throwIfAny(): void {
    const [first] = this.#found;
    if (first) {
      const reason = this.#unknown ? "UNKNOWN_FIELD" : "INVALID_FIELD";
      const told = this.#unknown ? this.#found.find(({ rule }) => rule === "unknown") : first;
      const { field, message } = told ?? first;
      throw problem(reason, `${field}: ${message}`, { violations: this.#found });
    }
  }
}
