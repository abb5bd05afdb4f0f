/** Messages and enums as JSON Schemas, in the form that JSON has of them. */
import {
  type DescEnum,
  type DescField,
  type DescMessage,
  type FileRegistry,
  ScalarType,
} from "@bufbuild/protobuf";
import { isWrapperDesc } from "@bufbuild/protobuf/wkt";
import { commentOf, type Described } from "./comments.ts";
import { fieldKeywords, itemRules, type Keywords, rulesOf } from "./rules.ts";

export type Schema = Record<string, unknown>;

/** Collects the schemas that are referred to, as `components.schemas`. */
export class Schemas {
  readonly #registry: FileRegistry;
  readonly #components = new Map<string, Schema>();

  constructor(registry: FileRegistry) {
    this.#registry = registry;
  }

  /** Sorted, so that the document does not depend on the order of use. */
  get components(): Record<string, Schema> {
    return Object.fromEntries([...this.#components].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** A reference to the message's schema, or the schema of a well-known type. */
  message(desc: DescMessage): Schema {
    if (isWrapperDesc(desc)) {
      return { ...scalarSchema(desc.fields[0].scalar), description: "May be absent." };
    }
    const wellKnown = wellKnownSchemas[desc.typeName];
    return wellKnown ? { ...wellKnown } : this.#refer(desc, () => this.#object(desc, desc.fields));
  }

  /** A message as a schema of its own with only these fields: what a path leaves of a body. */
  part(desc: DescMessage, fields: readonly DescField[]): Schema {
    return this.#object(desc, fields);
  }

  field(field: DescField): Schema {
    const rules = rulesOf(field, this.#registry);
    const keywords = fieldKeywords(rules, this.#registry);
    const own = { ...keywords, ...described(field) };
    switch (field.fieldKind) {
      case "list":
        return { type: "array", items: this.#value(field, itemRules(rules)), ...own };
      case "map":
        return {
          type: "object",
          additionalProperties: this.#value(field, itemRules(rules)),
          ...own,
        };
      default:
        return { ...this.#valueOf(field), ...own };
    }
  }

  #value(field: DescField, rules: ReturnType<typeof itemRules>): Schema {
    return { ...this.#valueOf(field), ...fieldKeywords(rules, this.#registry) };
  }

  #valueOf(field: DescField): Schema {
    if (field.message) {
      return this.message(field.message);
    }
    return field.enum ? this.enum(field.enum) : scalarSchema(field.scalar ?? ScalarType.STRING);
  }

  enum(desc: DescEnum): Schema {
    if (desc.typeName === "google.protobuf.NullValue") {
      return { type: "null" };
    }
    return this.#refer(desc, () => {
      const values = desc.values.filter((value) => commentOf(value) !== "");
      const list = values.map((value) => `- \`${value.name}\`: ${commentOf(value)}`);
      const text = [commentOf(desc), ...list].filter((line) => line !== "").join("\n");
      return {
        type: "string",
        enum: desc.values.map((value) => value.name),
        ...(text === "" ? {} : { description: text }),
      };
    });
  }

  #object(desc: DescMessage, fields: readonly DescField[]): Schema {
    const required = fields.filter((field) => rulesOf(field, this.#registry)?.required);
    return {
      type: "object",
      properties: Object.fromEntries(fields.map((field) => [field.jsonName, this.field(field)])),
      ...(required.length > 0 ? { required: required.map((field) => field.jsonName) } : {}),
      ...described(desc),
    };
  }

  #refer(desc: DescMessage | DescEnum, make: () => Schema): Schema {
    const { typeName } = desc;
    if (!this.#components.has(typeName)) {
      // Before it is made: messages may hold themselves.
      this.#components.set(typeName, {});
      this.#components.set(typeName, make());
    }
    return { $ref: `#/components/schemas/${typeName}` };
  }
}

function described(desc: Described): Keywords {
  const description = commentOf(desc);
  return description === "" ? {} : { description };
}

const wellKnownSchemas: Readonly<Record<string, Schema>> = {
  "google.protobuf.Timestamp": { type: "string", format: "date-time" },
  "google.protobuf.Duration": { type: "string", pattern: "^-?\\d+(\\.\\d{1,9})?s$" },
  "google.protobuf.FieldMask": { type: "string" },
  "google.protobuf.Struct": { type: "object", additionalProperties: true },
  "google.protobuf.Value": {},
  "google.protobuf.ListValue": { type: "array", items: {} },
  "google.protobuf.Any": {
    type: "object",
    properties: { "@type": { type: "string" } },
    required: ["@type"],
    additionalProperties: true,
  },
};

function scalarSchema(type: ScalarType): Schema {
  switch (type) {
    case ScalarType.STRING:
      return { type: "string" };
    case ScalarType.BOOL:
      return { type: "boolean" };
    case ScalarType.BYTES:
      return { type: "string", contentEncoding: "base64" };
    case ScalarType.DOUBLE:
      return { type: "number", format: "double" };
    case ScalarType.FLOAT:
      return { type: "number", format: "float" };
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return { type: "integer", format: "int64", minimum: 0, maximum: 2 ** 32 - 1 };
    case ScalarType.INT32:
    case ScalarType.SINT32:
    case ScalarType.SFIXED32:
      return { type: "integer", format: "int32" };
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return { type: "string", pattern: "^\\d+$", description: "A whole number of 64 bits." };
    default:
      return { type: "string", pattern: "^-?\\d+$", description: "A whole number of 64 bits." };
  }
}
