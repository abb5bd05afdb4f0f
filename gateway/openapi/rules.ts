/** buf.validate's rules as keywords of JSON Schema. */
import {
  type DescField,
  type FileRegistry,
  getOption,
  hasOption,
  isFieldSet,
  type Message,
  ScalarType,
} from "@bufbuild/protobuf";
import type { GenExtension } from "@bufbuild/protobuf/codegenv2";
import type { FieldOptions } from "@bufbuild/protobuf/wkt";

export type Keywords = Record<string, unknown>;

/** FieldRules, read by name: whatever the registry declares of them. */
interface FieldRules extends Message {
  readonly required?: boolean;
  readonly type?: { readonly case: string | undefined; readonly value: Rules };
}

type Rules = Record<string, unknown> & Message;

export function rulesOf(field: DescField, registry: FileRegistry): FieldRules | undefined {
  const extension = registry.getExtension("buf.validate.field") as
    | GenExtension<FieldOptions, FieldRules>
    | undefined;
  return extension && hasOption(field, extension) ? getOption(field, extension) : undefined;
}

/** Of a list or map itself; those of items and values come by `itemKeywords`. */
export function fieldKeywords(rules: FieldRules | undefined, registry: FileRegistry): Keywords {
  const { case: kind, value } = rules?.type ?? {};
  const set = value && setOf(value, registry);
  switch (set && kind) {
    case "repeated":
      return renamed(set, { minItems: "minItems", maxItems: "maxItems", unique: "uniqueItems" });
    case "map":
      return renamed(set, { minPairs: "minProperties", maxPairs: "maxProperties" });
    case "string":
      return {
        ...renamed(set, { minLen: "minLength", maxLen: "maxLength", pattern: "pattern" }),
        ...(set?.len === undefined ? {} : { minLength: set.len, maxLength: set.len }),
        ...(set?.email ? { format: "email" } : {}),
        ...(set?.in ? { enum: set.in } : {}),
      };
    case "int32":
    case "uint32":
      return renamed(set, bounds);
    case "int64":
      // A string in JSON, which has no bounds there.
      return renamed(set, prefixed(bounds));
    default:
      return {};
  }
}

export function itemRules(rules: FieldRules | undefined): FieldRules | undefined {
  const { case: kind, value } = rules?.type ?? {};
  const nested = kind === "map" ? value?.values : kind === "repeated" ? value?.items : undefined;
  return nested as FieldRules | undefined;
}

const bounds = {
  lt: "exclusiveMaximum",
  lte: "maximum",
  gt: "exclusiveMinimum",
  gte: "minimum",
} as const;

function prefixed(names: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(names).map(([rule, word]) => [rule, `x-${word}`]));
}

/** The rules that are there, with plain numbers, members of oneofs by their own names. */
function setOf(rules: Rules, registry: FileRegistry): Keywords {
  const set: Keywords = {};
  for (const field of registry.getMessage(rules.$typeName)?.fields ?? []) {
    if (isFieldSet(rules, field)) {
      const oneof = field.oneof && (rules[field.oneof.localName] as { value: unknown });
      const value = oneof ? oneof.value : rules[field.localName];
      const isLong = field.scalar === ScalarType.INT64;
      set[field.localName] =
        typeof value === "bigint" ? (isLong ? String(value) : Number(value)) : value;
    }
  }
  return set;
}

function renamed(set: Keywords | undefined, names: Readonly<Record<string, string>>): Keywords {
  const keywords: Keywords = {};
  for (const [rule, word] of Object.entries(names)) {
    if (set?.[rule] !== undefined) {
      keywords[word] = set[rule];
    }
  }
  return keywords;
}
