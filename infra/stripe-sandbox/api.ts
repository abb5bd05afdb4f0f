// One API request from its bytes to its answer: key, fault, work, saved answer.
import { type Answer, answerOf, answerOfError, bodyOf } from "./answers.ts";
import { Call } from "./call.ts";
import { ApiError, keyInUse, rateLimited, serverError, unrecognized } from "./errors.ts";
import type { Fault, FaultKind, Faults } from "./faults.ts";
import { type Params, parseForm } from "./form.ts";
import type { IdempotencyKeys } from "./idempotency.ts";
import { newId } from "./ids.ts";
import { group, list, text } from "./params.ts";
import { checkExpand } from "./render.ts";
import { findRoute, type Route } from "./routes.ts";
import type { Store } from "./store.ts";
import type { Log } from "./webhooks.ts";

export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly body: string;
  readonly key: string | undefined;
}

export interface ApiResponse {
  readonly status: number;
  readonly body: string;
  readonly requestId: string;
  /** Set on a replay: the request that did the work. */
  readonly originalRequest?: string;
  /** A key keeps it. */
  readonly saved?: boolean;
  /** Says that the answer is to be lost or kept back. */
  readonly fault?: Fault | undefined;
}

export interface ApiDeps {
  readonly store: Store;
  readonly keys: IdempotencyKeys;
  readonly faults: Faults;
  readonly origin: string;
  readonly log: Log;
}

interface Work {
  readonly request: ApiRequest;
  readonly route: Route;
  readonly id: string;
  readonly params: Params;
  readonly requestId: string;
  readonly key: string | undefined;
  readonly fault: Fault | undefined;
}

const LATENCY_MS = 1000;
const API_FAULTS: readonly FaultKind[] = [
  "latency",
  "429",
  "409",
  "500_before",
  "500_after",
  "timeout_after",
  "webhook_before_reply",
];
const DECLINE: readonly FaultKind[] = ["decline"];

/** Answers at once unless a fault makes it wait: then with a promise. */
export function answerApi(deps: ApiDeps, request: ApiRequest): ApiResponse | Promise<ApiResponse> {
  const requestId = newId("req_");
  const key = request.method === "POST" ? request.key : undefined;
  let begun = false;
  try {
    const found = findRoute(request.method, request.path);
    if (found === undefined) throw unrecognized(request.method, request.path);
    const params = parseForm(request.method === "POST" ? request.body : request.query);
    const replay = key && deps.keys.begin(key, request.path, request.body);
    if (replay) {
      const { status, requestId: originalRequest } = replay;
      return { status, body: bodyOf(replay), requestId, originalRequest, saved: true };
    }
    begun = key !== undefined;
    const fault = deps.faults.any
      ? faultFor(deps, API_FAULTS, request, found.id, params)
      : undefined;
    const work: Work = { request, ...found, params, requestId, key, fault };
    if (fault?.kind !== "latency") return perform(deps, work);
    return new Promise((resolve) => {
      setTimeout(() => resolve(perform(deps, work)), fault.ms ?? LATENCY_MS);
    });
  } catch (error) {
    if (begun && key) deps.keys.abandon(key);
    return unsaved(deps, error, requestId);
  }
}

function perform(deps: ApiDeps, work: Work): ApiResponse {
  const { store, keys } = deps;
  const { request, requestId, key, fault } = work;
  let answer: Answer;
  try {
    refuseBefore(fault, key);
    answer = run(deps, work);
  } catch (error) {
    if (!(error instanceof ApiError) || error.beforeWork) {
      if (key) keys.abandon(key);
      store.commit();
      return unsaved(deps, error, requestId);
    }
    answer = answerOfError(error, requestId);
  }
  if (fault?.kind === "500_after") answer = answerOfError(serverError(false), requestId);
  if (key) keys.finish(store, key, request.path, request.body, answer);
  store.commit();
  return { status: answer.status, body: bodyOf(answer), requestId, fault, saved: true };
}

function run(deps: ApiDeps, { request, route, id, params, requestId, key }: Work): Answer {
  const declines = () =>
    deps.faults.any && faultFor(deps, DECLINE, request, id, params) !== undefined;
  const call = new Call(deps.store, params, id, { requestId, key }, deps.origin, declines);
  if ("body" in route) return { status: 200, requestId, body: JSON.stringify(route.body(call)) };
  const expand = list(params, "expand");
  if (expand) checkExpand(route.kind, expand);
  return answerOf(deps.store, requestId, route.kind, route.record(call), expand);
}

/** The faults that keep the work from being done. */
function refuseBefore(fault: Fault | undefined, key: string | undefined): void {
  if (fault?.kind === "429") throw rateLimited();
  if (fault?.kind === "409") throw keyInUse(key ?? "");
  if (fault?.kind === "500_before") throw serverError(true);
}

/** An answer that no key keeps. */
function unsaved(deps: ApiDeps, error: unknown, requestId: string): ApiResponse {
  let known = error;
  if (!(known instanceof ApiError)) {
    deps.log("request failed", { requestId, stack: error instanceof Error ? error.stack : error });
    known = serverError(true);
  }
  const answer = answerOfError(known as ApiError, requestId);
  return { status: answer.status, body: bodyOf(answer), requestId };
}

function faultFor(
  { store, faults }: ApiDeps,
  kinds: readonly FaultKind[],
  { method, path }: ApiRequest,
  id: string,
  params: Params,
): Fault | undefined {
  const given = group(params, "metadata");
  const about = id || text(params, "payment_intent") || text(params, "charge") || "";
  const known = store.find(about)?.[1];
  const orderId =
    (given && text(given, "order_id")) ??
    (known && "metadata" in known ? known.metadata.order_id : undefined);
  return faults.take(kinds, { method, path, orderId });
}
