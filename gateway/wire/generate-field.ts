/** The code that makes one field's JSON. */
import { type DescField, ScalarType } from "@bufbuild/protobuf";
import {
  FeatureSet_FieldPresence as Presence,
  FieldDescriptorProto_Type as Type,
} from "@bufbuild/protobuf/wkt";
import { enumCode, keyCode, messageCode, scalarCode, type ValueCode } from "./generate-value.ts";
import { tagOf } from "./source.ts";

export interface FieldCode {
  /** Declarations before the function. */
  readonly constants: string;
  /** Statements in it; `tag` is the next field's, before them and after. */
  readonly code: string;
  /** How many bytes it may write beside eight for each of the message's own. */
  readonly room: number;
}

/** @param constant a name for its constants to begin with */
export function fieldCode(field: DescField, constant: string): FieldCode {
  if (field.proto.type === Type.GROUP || field.presence === Presence.LEGACY_REQUIRED) {
    throw new Error(`${field} is not of proto3, which is all that the gateway speaks`);
  }
  switch (field.fieldKind) {
    case "list":
      return listCode(field, constant);
    case "map":
      return mapCode(field, constant);
    default:
      return singularCode(field, constant);
  }
}

function codeOf(field: DescField): ValueCode {
  if (field.message) {
    return messageCode(field.message);
  }
  return field.enum ? enumCode(field.enum) : scalarCode(field.scalar ?? ScalarType.STRING);
}

function nameOf({ jsonName }: DescField): string {
  return `,${JSON.stringify(jsonName)}:`;
}

function declared(constant: string, json: string): string {
  return `const ${constant} = json(${JSON.stringify(json)});\n`;
}

function singularCode(field: DescField, constant: string): FieldCode {
  const value = codeOf(field);
  const name = nameOf(field);
  const isImplicit = field.presence === Presence.IMPLICIT;
  const without = isImplicit
    ? ` else {
    to.put(${constant}_zero);
  }`
    : "";
  return {
    constants:
      declared(constant, name) +
      (isImplicit ? declared(`${constant}_zero`, name + value.zero) : ""),
    code: `  if (tag === ${tagOf(field.number, value.wireType)}) {
    to.put(${constant});
    ${value.write("end")}
${onlyOne(field)}    tag = from.tag(end);
  }${without}
`,
    room: name.length + value.room + (value.zero?.length ?? 0),
  };
}

/** Of two fields of a oneof the one that comes last counts, which is not known in time. */
function onlyOne({ oneof }: DescField): string {
  const name = `has_${oneof?.localName}`;
  return oneof ? `    from.isOdd ||= ${name};\n    ${name} = true;\n` : "";
}

function listCode(field: DescField & { fieldKind: "list" }, constant: string): FieldCode {
  const value = codeOf(field);
  const name = nameOf(field);
  const room = value.room > 0 ? `to.room(${value.room + 1});\n      ` : "";
  const item = (end: string) => `${room}to.comma();
      ${value.write(end)}`;
  const items =
    value.wireType === 2
      ? `    while (tag === ${tagOf(field.number, 2)}) {
      ${item("end")}
      tag = from.tag(end);
    }`
      : `    if (tag === ${tagOf(field.number, 2)}) {
      const last = from.contents(end);
      while (from.at < last) {
        ${item("last")}
      }
      from.finish(0, last);
      tag = from.tag(end);
    }`;
  return {
    constants: declared(constant, name),
    code: `  to.put(${constant});
  {
    const list = to.to;
${items}
    to.closeList(list);
  }
`,
    room: name.length + 2,
  };
}

/** `,"":false` of an entry that says neither key nor value. */
const ENTRY_ROOM = 16;

function mapCode(field: DescField & { fieldKind: "map" }, constant: string): FieldCode {
  const key = keyCode(field.mapKey);
  const value = codeOf(field);
  const name = nameOf(field);
  return {
    constants:
      declared(constant, name) +
      declared(`${constant}_key`, key.zero ?? "") +
      (value.zero === undefined ? "" : declared(`${constant}_zero`, value.zero)),
    code: `  to.put(${constant});
  {
    const map = to.to;
    const seen = new Set<string>();
    while (tag === ${tagOf(field.number, 2)}) {
      to.room(${value.room + ENTRY_ROOM});
      to.comma();
      const last = from.contents(end);
      let part = from.tag(last);
      const key = to.to;
      if (part === ${tagOf(1, key.wireType)}) {
        ${key.write("last")}
        part = from.tag(last);
      } else {
        to.put(${constant}_key);
      }
      to.key(key, seen, from);
      if (part === ${tagOf(2, value.wireType)}) {
        ${value.write("last")}
        part = from.tag(last);
      } else {
        ${value.zero === undefined ? "from.isOdd = true;" : `to.put(${constant}_zero);`}
      }
      from.finish(part, last);
      tag = from.tag(end);
    }
    to.closeMap(map);
  }
`,
    room: name.length + 2,
  };
}
