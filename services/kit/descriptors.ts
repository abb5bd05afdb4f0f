// The contracts at run time: every message, rpc, option and reason, from gen/descriptors.ts.
import {
  createFileRegistry,
  type DescMethod,
  type FileRegistry,
  fromBinary,
  getOption,
  hasOption,
} from "@bufbuild/protobuf";
import type { GenExtension } from "@bufbuild/protobuf/codegenv2";
import {
  type EnumValueOptions,
  FileDescriptorSetSchema,
  type MethodOptions,
  MethodOptions_IdempotencyLevel,
} from "@bufbuild/protobuf/wkt";
import { descriptors } from "#gen/descriptors.ts";
import { Reason } from "#gen/tradepost/errors/v1/errors.ts";
import { Role } from "#gen/tradepost/policy/v1/policy.ts";
import type { RoleName } from "./call.ts";
import type { ReasonName } from "./errors.ts";

export const registry = createFileRegistry(
  fromBinary(FileDescriptorSetSchema, Buffer.from(descriptors, "base64")),
);

/** One way to reach an rpc over HTTP. */
interface HttpRule {
  /** GET, PUT, POST, DELETE, PATCH, or what a custom pattern names. */
  readonly method: string;
  /** The path template: `/api/v1/orders/{id}:cancel`. */
  readonly path: string;
  /** A field's proto name, `*` for the whole message, or "" for none. */
  readonly body: string;
  /** A field's proto name, or "" for the whole answer. */
  readonly responseBody: string;
}

/** Who may call: policy.proto's option `access`, in names. */
export interface AccessRule {
  readonly public: boolean;
  readonly signedIn: boolean;
  readonly owner: boolean;
  readonly roles: readonly RoleName[];
  readonly scopes: readonly string[];
  readonly services: readonly string[];
}

/** What a contract says of an rpc besides its messages. */
export interface MethodRules {
  /** Absent: nobody may call. */
  readonly access: AccessRule | undefined;
  /** When the caller names no shorter time. */
  readonly deadlineMs: number;
  readonly created: string | undefined;
  readonly headers: readonly string[];
  readonly reasons: readonly ReasonName[];
  readonly cache: { readonly maxAgeSeconds: number; readonly public: boolean } | undefined;
  /** The rule itself, then its additional bindings; empty: not on the gateway. */
  readonly http: readonly HttpRule[];
  /** Whether a call may be sent again when nobody knows what became of it. */
  readonly idempotent: boolean;
}

/** Server streams end after this long and the client comes back (contracts.md). */
const streamMs = 30 * 60_000;

const known = new WeakMap<DescMethod, MethodRules>();

/** Options are read by name, so that a registry made in a test works as well as ours. */
export function methodOptions(method: DescMethod, files: FileRegistry = registry): MethodRules {
  let rules = known.get(method);
  if (!rules) {
    rules = readOptions(method, files);
    known.set(method, rules);
  }
  return rules;
}

function readOptions(method: DescMethod, files: FileRegistry): MethodRules {
  function option<T>(name: string): T | undefined {
    const extension = files.getExtension(name) as GenExtension<MethodOptions, T> | undefined;
    return extension && hasOption(method, extension) ? getOption(method, extension) : undefined;
  }
  const access = option<Omit<AccessRule, "roles"> & { roles: number[] }>(
    "tradepost.policy.v1.access",
  );
  const cache = option<{ maxAgeSeconds: number; public: boolean }>("tradepost.cache.v1.cache");
  const http = option<HttpRuleMessage>("google.api.http");
  const isStream = method.methodKind !== "unary";
  return {
    access: access && {
      public: access.public,
      signedIn: access.signedIn,
      owner: access.owner,
      roles: access.roles.map(roleName),
      scopes: access.scopes,
      services: access.services,
    },
    deadlineMs: option("tradepost.policy.v1.deadline_ms") ?? (isStream ? streamMs : 5_000),
    created: option("tradepost.http.v1.created"),
    headers: option("tradepost.http.v1.headers") ?? [],
    reasons: (option<number[]>("tradepost.errors.v1.reasons") ?? []).map(reasonName),
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

/** How a reason is told: over gRPC, over HTTP, and to a person. */
export interface Told {
  /** gRPC's number. */
  readonly code: number;
  readonly httpStatus: number;
  readonly title: string;
}

/** Every reason of errors.proto. */
export const catalogue = readCatalogue();

function readCatalogue(): Readonly<Record<ReasonName, Told>> {
  const told = registry.getExtension("tradepost.errors.v1.told") as GenExtension<
    EnumValueOptions,
    Told
  >;
  const entries = (registry.getEnum("tradepost.errors.v1.Reason")?.values ?? [])
    .filter((value) => value.number !== 0)
    .map((value) => {
      const { code, httpStatus, title } = getOption(value, told);
      return [value.name, { code, httpStatus, title }];
    });
  return Object.fromEntries(entries);
}

const reasonNames = namesOf<ReasonName>(Reason);
const roleNames = namesOf<RoleName>(Role);

function reasonName(number: number): ReasonName {
  return reasonNames.get(number) as ReasonName;
}

/** ts-proto's number of a role → its name. */
function roleName(number: number): RoleName {
  return roleNames.get(number) as RoleName;
}

function namesOf<Name>(values: Record<string, number>): ReadonlyMap<number, Name> {
  return new Map(Object.entries(values).map(([name, number]) => [number, name as Name]));
}

/** `/tradepost.order.v1.OrderService/GetOrder`, with or without the first slash. */
export function methodOf(rpc: string, files: FileRegistry = registry): DescMethod | undefined {
  const [service = "", name] = rpc.replace(/^\//, "").split("/");
  return files.getService(service)?.methods.find((method) => method.name === name);
}
