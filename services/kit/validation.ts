// The rules of the contract, checked on a request's bytes by protovalidate.
import { isAscii } from "node:buffer";
import {
  type DescField,
  type DescMessage,
  fromBinary,
  hasOption,
  isFieldSet,
  type Message,
} from "@bufbuild/protobuf";
import type { GenExtension } from "@bufbuild/protobuf/codegenv2";
import { type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import { type Violation as Broken, createValidator } from "@bufbuild/protovalidate";
import { registry } from "./descriptors.ts";
import { Fault, type Violation } from "./errors.ts";

export type Validate = (bytes: Uint8Array) => void;

const validator = createValidator({ registry });

/**
 * Throws INVALID_FIELD with every rule that a request breaks. A message that has no rules is
 * decoded again only where a string might hold what no string may: invalid UTF-8 or U+0000.
 */
export function validation(schema: DescMessage): Validate {
  const ruled = hasRules(schema);
  return (bytes) => {
    const isSuspect = bytes.includes(0) || !isAscii(bytes);
    if (!ruled && !isSuspect) {
      return;
    }
    const message = decode(schema, bytes);
    const violations = ruled ? broken(schema, message) : [];
    if (isSuspect) {
      findNul(reflect(schema, message), "", violations);
    }
    if (violations.length > 0) {
      throw new Fault("INVALID_FIELD", summary(violations), { violations });
    }
  };
}

/** Compiles the rules before the first call needs them. */
export function warm(schema: DescMessage): void {
  if (hasRules(schema)) {
    broken(schema, decode(schema, new Uint8Array()));
  }
}

function decode(schema: DescMessage, bytes: Uint8Array): Message {
  try {
    return fromBinary(schema, bytes);
  } catch (cause) {
    // The other decoder took these bytes, so it is the text that is wrong.
    const violation = { field: "", rule: "string.utf8", message: "must be valid UTF-8" };
    throw new Fault("INVALID_FIELD", "a string is not valid UTF-8", {
      violations: [violation],
      cause,
    });
  }
}

function broken(schema: DescMessage, message: Message): Violation[] {
  const result = validator.validate(schema, message);
  if (result.kind === "error") {
    throw result.error;
  }
  return result.kind === "valid" ? [] : result.violations.map(toViolation);
}

function toViolation({ field, ruleId, message }: Broken): Violation {
  return { field: pathOf(field), rule: ruleId, message: message.replace(/^value /, "") };
}

/** In JSON names: `items[0].quantity`. */
function pathOf(path: Broken["field"]): string {
  let text = "";
  for (const part of path) {
    if (part.kind === "list_sub") {
      text += `[${part.index}]`;
    } else if (part.kind === "map_sub") {
      text += `[${JSON.stringify(part.key)}]`;
    } else {
      text += text && ".";
      text += part.kind === "field" ? part.jsonName : part.name;
    }
  }
  return text;
}

function summary(violations: readonly Violation[]): string {
  const [first] = violations;
  const more = violations.length > 1 ? ` (and ${violations.length - 1} more)` : "";
  return `${first?.field ? `${first.field}: ` : ""}${first?.message}${more}`;
}

/** PostgreSQL's text takes no U+0000. */
function findNul(message: ReflectMessage, path: string, found: Violation[]): void {
  for (const field of message.fields) {
    if (!isFieldSet(message.message, field)) {
      continue;
    }
    const at = path ? `${path}.${field.jsonName}` : field.jsonName;
    for (const [key, value] of valuesOf(message, field)) {
      const here = key === undefined ? at : `${at}[${key}]`;
      if (typeof value === "string" && value.includes("\0")) {
        found.push({ field: here, rule: "string.nul", message: "must not contain U+0000" });
      } else if (isReflected(value)) {
        findNul(value, here, found);
      }
    }
  }
}

function* valuesOf(
  message: ReflectMessage,
  field: DescField,
): Iterable<[key: unknown, value: unknown]> {
  const value: unknown = message.get(field);
  if (field.fieldKind === "list") {
    yield* [...(value as Iterable<unknown>)].entries();
  } else if (field.fieldKind === "map") {
    for (const [key, item] of value as Iterable<[unknown, unknown]>) {
      yield [undefined, key];
      yield [JSON.stringify(key), item];
    }
  } else {
    yield [undefined, value];
  }
}

function isReflected(value: unknown): value is ReflectMessage {
  return typeof value === "object" && value !== null && "desc" in value && "message" in value;
}

function hasRules(schema: DescMessage, seen = new Set<DescMessage>()): boolean {
  if (seen.has(schema)) {
    return false;
  }
  seen.add(schema);
  return (
    isRuled(schema, "message") ||
    schema.oneofs.some((oneof) => isRuled(oneof, "oneof")) ||
    schema.fields.some(
      (field) =>
        isRuled(field, "field") || (field.message !== undefined && hasRules(field.message, seen)),
    )
  );
}

function isRuled(desc: Parameters<typeof hasOption>[1] | object, option: string): boolean {
  const extension = registry.getExtension(`buf.validate.${option}`);
  return extension !== undefined && hasOption(desc as never, extension as GenExtension as never);
}
