/** Fields from the text of a path or a query. */
import {
  create,
  type DescField,
  type DescMessage,
  type Message,
  ScalarType,
} from "@bufbuild/protobuf";
import { isWrapperDesc } from "@bufbuild/protobuf/wkt";
import { unfit } from "../json/characters.ts";
import { type Local, setField } from "../json/fields.ts";
import type { Json } from "../json/parse.ts";
import type { Readers } from "../json/read.ts";
import { enumReader, type ReadValue, scalarReader } from "../json/scalars.ts";
import { wellKnownReader } from "../json/well-known.ts";

/** From the request message down to a field; all but the last are singular messages. */
export type FieldPath = readonly DescField[];

/** Undefined where there is no such field, by either of its names. */
export function resolvePath(desc: DescMessage, dotted: string, readers: Readers) {
  const path: DescField[] = [];
  let parent: DescMessage | undefined = desc;
  for (const name of dotted.split(".")) {
    const field: DescField | undefined = parent && readers.of(parent).field(name);
    if (!field) {
      return undefined;
    }
    path.push(field);
    parent = field.fieldKind === "message" ? field.message : undefined;
  }
  return path;
}

/** `filter.minPrice` */
export function jsonName(path: FieldPath): string {
  return path.map((field) => field.jsonName).join(".");
}

/** A reader of text for the field, or for a list's items; undefined where no text can fill it. */
export function textReader(field: DescField, readers: Readers): ReadValue | undefined {
  if (field.fieldKind === "map") {
    return undefined;
  }
  if (field.message) {
    const { message } = field;
    const readWellKnown = textForms.has(message.typeName) || isWrapperDesc(message);
    const read = readWellKnown ? wellKnownReader(message, readers.registry) : undefined;
    const isBool = message.typeName === "google.protobuf.BoolValue";
    return read && ((text) => unfitOr(text, (json) => read(isBool ? boolOf(json) : json)));
  }
  if (field.enum) {
    const read = enumReader(field.enum);
    return (text) => read(/^-?\d{1,10}$/.test(String(text)) ? Number(text) : text);
  }
  const read = scalarReader(field.scalar ?? ScalarType.STRING);
  const isBool = field.scalar === ScalarType.BOOL;
  return (text) => unfitOr(text, (json) => read(isBool ? boolOf(json) : json));
}

const textForms = new Set([
  "google.protobuf.Timestamp",
  "google.protobuf.Duration",
  "google.protobuf.FieldMask",
]);

function unfitOr(text: Json, read: ReadValue): unknown {
  return unfit(String(text)) ?? read(text);
}

function boolOf(text: Json): Json {
  return text === "true" ? true : text === "false" ? false : text;
}

/** Sets the field at the end of the path, making the messages on the way. */
export function setAt(message: Message, path: FieldPath, value: unknown): void {
  const { parent, field } = walk(message, path);
  if (field.fieldKind === "list") {
    (parent[field.localName] as unknown[]).push(value);
  } else {
    setField(parent, field, value);
  }
}

/** What the field at the end of the path holds; undefined for none, or for its zero value. */
export function valueAt(message: Message, path: FieldPath): unknown {
  let value: unknown = message;
  for (const field of path) {
    value = localOf(value as Local, field);
    if (value === undefined || value === "" || value === 0 || value === 0n || value === false) {
      return undefined;
    }
  }
  return value;
}

export function localOf(message: Local, field: DescField): unknown {
  if (field.oneof) {
    const oneof = message[field.oneof.localName] as { case?: string; value?: unknown };
    return oneof.case === field.localName ? oneof.value : undefined;
  }
  return message[field.localName];
}

function walk(message: Message, path: FieldPath): { parent: Local; field: DescField } {
  let parent = message as unknown as Local;
  for (const field of path.slice(0, -1)) {
    let child = localOf(parent, field) as Local | undefined;
    if (!child) {
      child = create(field.message as DescMessage) as unknown as Local;
      setField(parent, field, child);
    }
    parent = child;
  }
  return { parent, field: path.at(-1) as DescField };
}
