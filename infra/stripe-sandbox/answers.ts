// What a request is answered with. A saved answer is the versions it showed, not its text: a
// record is immutable, so rendering them again gives the same bytes.
import type { ApiError, ErrorFields } from "./errors.ts";
import type { Intent, Kind, Record_, Setup } from "./records.ts";
import { type Find, render, shape } from "./render.ts";
import { docUrl } from "./shape-intent.ts";
import type { Store } from "./store.ts";

export interface Answer {
  readonly status: number;
  /** Of the request that did the work, also when it is replayed. */
  readonly requestId: string;
  readonly kind?: Kind;
  readonly record?: Record_;
  readonly expand?: readonly string[];
  /** The versions that `expand` found. */
  readonly found?: ReadonlyMap<string, readonly [Kind, Record_]>;
  readonly error?: SavedError;
  /** Of a list or an event; only reads have one, so no key keeps it. */
  readonly body?: string;
}

interface SavedError {
  readonly type: string;
  readonly message: string;
  readonly fields: ErrorFields;
  readonly context: ApiError["context"];
}

/** An answer as the journal keeps it: an id stands for the newest version at that place. */
export interface SavedAnswer {
  readonly status: number;
  readonly requestId: string;
  readonly kind?: Kind;
  readonly id?: string;
  readonly expand?: readonly string[];
  readonly error?: Omit<SavedError, "context"> & {
    readonly context: Omit<ApiError["context"], "intent" | "setup">;
    readonly intent?: string;
    readonly setup?: string;
  };
}

export function answerOf(
  store: Store,
  requestId: string,
  kind: Kind,
  record: Record_,
  expand: readonly string[] | undefined,
): Answer {
  if (expand === undefined) return { status: 200, requestId, kind, record };
  const found = new Map<string, readonly [Kind, Record_]>();
  render(kind, record, expand, collecting(store, found));
  return { status: 200, requestId, kind, record, expand, found };
}

export function answerOfError(error: ApiError, requestId: string): Answer {
  const { status, type, message, fields, context } = error;
  return { status, requestId, error: { type, message, fields, context } };
}

export function bodyOf(answer: Answer): string {
  const { kind, record, expand, error, body } = answer;
  if (body !== undefined) return body;
  if (error) return JSON.stringify({ error: errorBody(error, answer.requestId) });
  if (kind === undefined || record === undefined) throw new Error("an answer without an object");
  if (expand === undefined) return JSON.stringify(shape(kind, record));
  return JSON.stringify(render(kind, record, expand, (id) => answer.found?.get(id)));
}

export function save(answer: Answer): SavedAnswer {
  const { status, requestId, kind, record, expand, error } = answer;
  if (error) {
    const { intent, setup, ...context } = error.context;
    const ids = { ...(intent && { intent: intent.id }), ...(setup && { setup: setup.id }) };
    return { status, requestId, error: { ...error, context, ...ids } };
  }
  return {
    status,
    requestId,
    ...(kind && record && { kind, id: record.id }),
    ...(expand && { expand }),
  };
}

export function restore(store: Store, saved: SavedAnswer): Answer {
  const { status, requestId, kind, id, expand, error } = saved;
  if (kind !== undefined && id !== undefined) {
    const record = store.table(kind).get(id) as Record_;
    return answerOf(store, requestId, kind, record, expand);
  }
  if (error === undefined) throw new Error("a saved answer without an object");
  const { intent, setup, context, ...rest } = error;
  return {
    status,
    requestId,
    error: {
      ...rest,
      context: {
        ...context,
        ...(intent && { intent: store.tables.payment_intent.get(intent) as Intent }),
        ...(setup && { setup: store.tables.setup_intent.get(setup) as Setup }),
      },
    },
  };
}

function collecting(store: Store, found: Map<string, readonly [Kind, Record_]>): Find {
  return (id) => {
    const hit = store.find(id);
    if (hit) found.set(id, hit);
    return hit;
  };
}

function errorBody({ type, message, fields, context }: SavedError, requestId: string): object {
  const { intent, setup, method } = context;
  return {
    ...fields,
    ...(fields.code !== undefined && { doc_url: docUrl(fields.code) }),
    message,
    ...(intent && { payment_intent: shape("payment_intent", intent) }),
    ...(setup && { setup_intent: shape("setup_intent", setup) }),
    ...(method && { payment_method: shape("payment_method", method) }),
    request_log_url: `https://dashboard.stripe.com/test/logs/${requestId}`,
    type,
  };
}
