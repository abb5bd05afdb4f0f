/** One field of a message, from JSON, in protobuf-es's local form. */
import { create, type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { isWrapperDesc } from "@bufbuild/protobuf/wkt";
import type { Json, JsonObject } from "./parse.ts";
import { fieldPath } from "./path.ts";
import type { Place, Readers } from "./read.ts";
import { Refusal } from "./refusal.ts";
import { enumReader, scalarReader, wrongType } from "./scalars.ts";
import { wellKnownReader } from "./well-known.ts";

export type Local = Record<string, unknown>;

export interface FieldReader {
  readonly field: DescField;
  read(message: Local, json: Json, place: Place): void;
}

/** Undefined where the value was refused, which is then in the place's violations. */
type ReadInPlace = (json: Json, place: Place) => unknown;

export function fieldReader(field: DescField, readers: Readers): FieldReader {
  switch (field.fieldKind) {
    case "list":
      return listReader(field, readers);
    case "map":
      return mapReader(field, readers);
    default:
      return singularReader(field, readers);
  }
}

function singularReader(
  field: DescField & { fieldKind: "scalar" | "enum" | "message" },
  readers: Readers,
): FieldReader {
  const read = valueReader(field, readers);
  const takesNull = readsNull(field.message?.typeName ?? field.enum?.typeName);
  return {
    field,
    read(message, json, place) {
      if (json === null && !takesNull) {
        clearField(message, field);
        return;
      }
      const value = read(json, place);
      if (value !== undefined) {
        setField(message, field, value);
      }
    },
  };
}

function listReader(field: DescField & { fieldKind: "list" }, readers: Readers): FieldReader {
  const read = valueReader(field, readers);
  const takesNull = readsNull(field.message?.typeName ?? field.enum?.typeName);
  return {
    field,
    read(message, json, place) {
      if (json !== null && !Array.isArray(json)) {
        refuse(place, wrongType("an array"));
        return;
      }
      const items: unknown[] = [];
      for (const [index, item] of (json ?? []).entries()) {
        place.steps.push(index);
        const value =
          item === null && !takesNull ? refuse(place, wrongType("there")) : read(item, place);
        place.steps.pop();
        if (value !== undefined) {
          items.push(value);
        }
      }
      message[field.localName] = items;
    },
  };
}

function mapReader(field: DescField & { fieldKind: "map" }, readers: Readers): FieldReader {
  const read = valueReader(field, readers);
  const readKey = scalarReader(field.mapKey);
  const takesNull = readsNull(field.message?.typeName ?? field.enum?.typeName);
  const isBool = field.mapKey === ScalarType.BOOL;
  return {
    field,
    read(message, json, place) {
      if (json !== null && !isObject(json)) {
        refuse(place, wrongType("an object"));
        return;
      }
      const entries: Local = {};
      for (const [name, item] of Object.entries(json ?? {})) {
        place.steps.push(name);
        const key = readKey(isBool && /^(true|false)$/.test(name) ? name === "true" : name);
        if (key instanceof Refusal) {
          refuse(place, key);
        } else if (item === null && !takesNull) {
          refuse(place, wrongType("there"));
        } else if (Object.hasOwn(entries, String(key))) {
          refuse(place, new Refusal("doubled", "is there more than once"));
        } else {
          entries[String(key)] = read(item, place);
        }
        place.steps.pop();
      }
      message[field.localName] = entries;
    },
  };
}

function valueReader(field: DescField, readers: Readers): ReadInPlace {
  if (field.message) {
    return messageReader(field.message, readers);
  }
  const read = field.enum
    ? enumReader(field.enum)
    : scalarReader(field.scalar ?? ScalarType.STRING);
  return (json, place) => checked(read(json), place);
}

function messageReader(desc: DescMessage, readers: Readers): ReadInPlace {
  if (desc.typeName === "google.protobuf.Struct") {
    return (json, place) => (isObject(json) ? json : refuse(place, wrongType("an object")));
  }
  const readWellKnown = wellKnownReader(desc, readers.registry);
  if (readWellKnown) {
    return (json, place) => checked(readWellKnown(json), place);
  }
  const reader = readers.of(desc);
  return (json, place) => reader.read(json, place);
}

function isObject(json: Json): json is JsonObject {
  return json !== null && typeof json === "object" && !Array.isArray(json);
}

function checked(value: unknown, place: Place): unknown {
  return value instanceof Refusal ? refuse(place, value) : value;
}

function refuse({ steps, violations }: Place, { rule, message }: Refusal): undefined {
  violations.add(fieldPath(steps), rule, message);
}

function readsNull(typeName: string | undefined): boolean {
  return typeName === "google.protobuf.Value" || typeName === "google.protobuf.NullValue";
}

function clearField(message: Local, field: DescField): void {
  if (field.oneof) {
    message[field.oneof.localName] = { case: undefined };
  } else {
    message[field.localName] = (create(field.parent) as unknown as Local)[field.localName];
  }
}

/** Sets a singular field to a value; a message's value is the message. */
export function setField(message: Local, field: DescField, value: unknown): void {
  if (field.oneof) {
    message[field.oneof.localName] = { case: field.localName, value };
  } else if (field.message && isWrapperDesc(field.message)) {
    message[field.localName] = (value as { value: unknown }).value;
  } else {
    message[field.localName] = value;
  }
}
