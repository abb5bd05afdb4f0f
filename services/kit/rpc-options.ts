/**
 * What a contract says of an rpc besides its messages, read from the options by their full names.
 * It stands on a registry alone (no generated code), because the OpenAPI plugin runs before there
 * is any.
 */
import { type DescMethod, type FileRegistry, getOption, hasOption } from "@bufbuild/protobuf";
import type { GenExtension } from "@bufbuild/protobuf/codegenv2";
import { type MethodOptions, MethodOptions_IdempotencyLevel } from "@bufbuild/protobuf/wkt";

/** One way to reach an rpc over HTTP. */
export interface HttpRule {
  /** GET, PUT, POST, DELETE, PATCH, or what a custom pattern names. */
  readonly method: string;
  /** The path template: `/api/v1/things/{id}:cancel`. */
  readonly path: string;
  /** A field's proto name, `*` for the whole message, or "" for none. */
  readonly body: string;
  /** A field's proto name, or "" for the whole answer. */
  readonly responseBody: string;
}

interface Access {
  readonly public: boolean;
  readonly signedIn: boolean;
  readonly owner: boolean;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  readonly services: readonly string[];
}

/** How credentials become an access token; fields by their proto names. */
export interface TokenExchange {
  /** The request header, in lower case. */
  readonly header: string;
  readonly credentials: string;
  readonly token: string;
  readonly keepSeconds: number;
}

export interface RpcOptions {
  readonly access: Access | undefined;
  /** When the caller names no shorter time. */
  readonly deadlineMs: number;
  /** The path template of what was made: 201 with `Location`. */
  readonly created: string | undefined;
  /** Request headers that the handler needs, in lower case. */
  readonly headers: readonly string[];
  /** Every service serves it; the request's field that says which one is meant. */
  readonly servedBy: string | undefined;
  /** By it the gateway exchanges such credentials. */
  readonly exchange: TokenExchange | undefined;
  /** What it may answer besides what any rpc may. */
  readonly reasons: readonly string[];
  readonly cache: { readonly maxAgeSeconds: number; readonly public: boolean } | undefined;
  /** The rule itself, then its additional bindings; empty: not on the gateway. */
  readonly http: readonly HttpRule[];
  /** Whether a call may be sent again when nobody knows what became of it. */
  readonly idempotent: boolean;
}

const unaryMs = 5_000;
/** Streams end after this long and the client comes back (contracts.md). */
const streamMs = 30 * 60_000;

export function readOptions(method: DescMethod, registry: FileRegistry): RpcOptions {
  function option<T>(name: string): T | undefined {
    const extension = registry.getExtension(name) as GenExtension<MethodOptions, T> | undefined;
    return extension && hasOption(method, extension) ? getOption(method, extension) : undefined;
  }
  function nameOf(enumeration: string, number: number): string {
    return registry.getEnum(enumeration)?.value[number]?.name ?? String(number);
  }
  const access = option<Omit<Access, "roles"> & { roles: number[] }>("tradepost.policy.v1.access");
  const cache = option<{ maxAgeSeconds: number; public: boolean }>("tradepost.cache.v1.cache");
  const exchange = option<TokenExchange>("tradepost.http.v1.exchange");
  const http = option<HttpRuleMessage>("google.api.http");
  return {
    access: access && {
      public: access.public,
      signedIn: access.signedIn,
      owner: access.owner,
      roles: access.roles.map((role) => nameOf("tradepost.policy.v1.Role", role)),
      scopes: access.scopes,
      services: access.services,
    },
    deadlineMs:
      option<number>("tradepost.policy.v1.deadline_ms") ??
      (method.methodKind === "unary" ? unaryMs : streamMs),
    created: option<string>("tradepost.http.v1.created"),
    headers: option<string[]>("tradepost.http.v1.headers") ?? [],
    servedBy: option<string>("tradepost.http.v1.served_by"),
    exchange: exchange && {
      header: exchange.header,
      credentials: exchange.credentials,
      token: exchange.token,
      keepSeconds: exchange.keepSeconds,
    },
    reasons: (option<number[]>("tradepost.errors.v1.reasons") ?? []).map((reason) =>
      nameOf("tradepost.errors.v1.Reason", reason),
    ),
    cache: cache && { maxAgeSeconds: cache.maxAgeSeconds, public: cache.public },
    http: http ? [http, ...http.additionalBindings].map(toHttpRule) : [],
    idempotent: method.idempotency !== MethodOptions_IdempotencyLevel.IDEMPOTENCY_UNKNOWN,
  };
}

interface HttpRuleMessage {
  readonly pattern:
    | { case: "custom"; value: { kind: string; path: string } }
    | { case: "get" | "put" | "post" | "delete" | "patch"; value: string }
    | { case: undefined };
  readonly body: string;
  readonly responseBody: string;
  readonly additionalBindings: readonly HttpRuleMessage[];
}

function toHttpRule({ pattern, body, responseBody }: HttpRuleMessage): HttpRule {
  switch (pattern.case) {
    case undefined:
      throw new Error("an http rule has no pattern");
    case "custom":
      return { method: pattern.value.kind, path: pattern.value.path, body, responseBody };
    default:
      return { method: pattern.case.toUpperCase(), path: pattern.value, body, responseBody };
  }
}
