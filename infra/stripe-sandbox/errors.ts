// Errors as Stripe words them: https://docs.stripe.com/api/errors
import type { Intent, Method, Setup } from "./records.ts";

export interface ErrorFields {
  readonly code?: string;
  readonly decline_code?: string;
  readonly param?: string;
  readonly charge?: string;
}

/** What an error shows along with its fields; frozen versions, so that a replay shows the same. */
export interface ErrorContext {
  readonly intent?: Intent;
  readonly setup?: Setup;
  readonly method?: Method;
}

export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  readonly type: string;
  readonly fields: ErrorFields;
  readonly context: ErrorContext;
  /** Stripe saves no answer for a key when the parameters were refused before the work began. */
  readonly beforeWork: boolean;

  constructor(
    status: number,
    type: string,
    message: string,
    fields: ErrorFields = {},
    context: ErrorContext = {},
    beforeWork = false,
  ) {
    super(message);
    this.status = status;
    this.type = type;
    this.fields = fields;
    this.context = context;
    this.beforeWork = beforeWork;
  }
}

/** A parameter that is refused before any work. */
export function invalid(message: string, fields: ErrorFields): ApiError {
  return new ApiError(400, "invalid_request_error", message, fields, {}, true);
}

/** A refusal that depends on the state of things: part of the work, so a key keeps it. */
export function conflict(message: string, fields: ErrorFields, context?: ErrorContext): ApiError {
  return new ApiError(400, "invalid_request_error", message, fields, context);
}

/** In the path it is a 404, as a parameter a 400. */
export function missing(noun: string, id: string, param?: string, pathParam = "id"): ApiError {
  return new ApiError(
    param === undefined ? 404 : 400,
    "invalid_request_error",
    `No such ${noun}: '${id}'`,
    { code: "resource_missing", param: param ?? pathParam },
  );
}

export function unrecognized(method: string, path: string): ApiError {
  const message =
    `Unrecognized request URL (${method}: ${path}). Please see https://stripe.com/docs ` +
    "or we can help at https://support.stripe.com/.";
  return new ApiError(404, "invalid_request_error", message, {}, {}, true);
}

export function unauthorized(given: string | undefined): ApiError {
  const message =
    given === undefined
      ? "You did not provide an API key. You need to provide your API key in the Authorization " +
        "header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
      : `Invalid API Key provided: ${given.slice(0, 8)}****${given.slice(-4)}`;
  return new ApiError(401, "invalid_request_error", message, {}, {}, true);
}

/** Nothing is done on behalf of a connected account here, rather than on the wrong one. */
export function noAccess(account: string): ApiError {
  const message =
    `The provided key does not have access to account '${account}' (or that account does not ` +
    "exist). Application access may have been revoked.";
  return new ApiError(403, "invalid_request_error", message, { code: "account_invalid" }, {}, true);
}

export function keyInUse(key: string): ApiError {
  const message =
    "There is currently another in-progress request using this Idempotency Key " +
    `(that probably means you submitted twice, and the other request is still going): ${key}.`;
  const fields = { code: "idempotency_key_in_use" };
  return new ApiError(409, "idempotency_error", message, fields, {}, true);
}

export function rateLimited(): ApiError {
  const message = "Request rate limit exceeded. You can learn more about rate limits here.";
  return new ApiError(429, "invalid_request_error", message, { code: "rate_limit" }, {}, true);
}

export function serverError(beforeWork: boolean): ApiError {
  const message = "Sorry! There was an error while talking to one of our backends.";
  return new ApiError(500, "api_error", message, {}, {}, beforeWork);
}
