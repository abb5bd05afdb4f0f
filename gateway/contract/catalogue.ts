import { type FileRegistry, getOption } from "@bufbuild/protobuf";
import type { GenExtension } from "@bufbuild/protobuf/codegenv2";
import type { EnumValueOptions } from "@bufbuild/protobuf/wkt";

/** How a reason is told: over gRPC, over HTTP, and to a person. */
export interface Told {
  /** gRPC's number. */
  readonly code: number;
  readonly httpStatus: number;
  readonly title: string;
}

export type Catalogue = ReadonlyMap<string, Told>;

/** What the gateway itself answers with; a catalogue without one of them stops the start. */
const needed = [
  "INVALID_FIELD",
  "UNKNOWN_FIELD",
  "MALFORMED_JSON",
  "METHOD_NOT_ALLOWED",
  "BODY_TOO_LARGE",
  "UNSUPPORTED_MEDIA_TYPE",
  "INVALID_TOKEN",
  "ROLE_REQUIRED",
  "ROUTE_NOT_FOUND",
  "OVERLOADED",
  "CANCELLED",
  "UNIMPLEMENTED",
  "DEPENDENCY_DOWN",
  "SHUTTING_DOWN",
  "DEADLINE_EXCEEDED",
  "INTERNAL",
] as const;

export type OwnReason = (typeof needed)[number];

/** The reasons of the contracts' error catalogue, with their `told` option. */
export function catalogueOf(registry: FileRegistry): Catalogue {
  const told = registry.getExtension("tradepost.errors.v1.told") as
    | GenExtension<EnumValueOptions, Told>
    | undefined;
  const values = registry.getEnum("tradepost.errors.v1.Reason")?.values ?? [];
  const catalogue = new Map<string, Told>();
  for (const value of told ? values : []) {
    if (value.number !== 0) {
      const { code, httpStatus, title } = getOption(value, told as NonNullable<typeof told>);
      catalogue.set(value.name, { code, httpStatus, title });
    }
  }
  const missing = needed.filter((reason) => !catalogue.has(reason));
  if (missing.length > 0) {
    throw new Error(`the descriptor set's error catalogue lacks ${missing.join(", ")}`);
  }
  return catalogue;
}
