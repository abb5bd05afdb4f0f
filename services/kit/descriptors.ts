// The contracts at run time: every message, rpc, option and reason, from gen/descriptors.ts.
import {
  createFileRegistry,
  type DescMethod,
  type FileRegistry,
  fromBinary,
  getOption,
} from "@bufbuild/protobuf";
import type { GenExtension } from "@bufbuild/protobuf/codegenv2";
import { type EnumValueOptions, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { descriptors } from "#gen/descriptors.ts";
import type { RoleName } from "./call.ts";
import type { ReasonName } from "./errors.ts";
import { type RpcOptions, readOptions } from "./rpc-options.ts";

export const registry = createFileRegistry(
  fromBinary(FileDescriptorSetSchema, Buffer.from(descriptors, "base64")),
);

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
export interface MethodRules extends RpcOptions {
  /** Absent: nobody may call. */
  readonly access: AccessRule | undefined;
  readonly reasons: readonly ReasonName[];
}

const known = new WeakMap<DescMethod, MethodRules>();

/** Options are read by name, so that a registry made in a test works as well as ours. */
export function methodOptions(method: DescMethod, files: FileRegistry = registry): MethodRules {
  let rules = known.get(method);
  if (!rules) {
    // The names are those of the enums that RoleName and ReasonName are made from.
    rules = readOptions(method, files) as MethodRules;
    known.set(method, rules);
  }
  return rules;
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

/** `/tradepost.order.v1.OrderService/GetOrder`, with or without the first slash. */
export function methodOf(rpc: string, files: FileRegistry = registry): DescMethod | undefined {
  const [service = "", name] = rpc.replace(/^\//, "").split("/");
  return files.getService(service)?.methods.find((method) => method.name === name);
}
