/**
 * JSON as our own services write it, straight into ts-proto's messages: in a third of what the way
 * by protobuf-es and bytes takes. It answers for what it is sure of, and leaves the rest to that.
 */
import { type DescEnum, type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { FeatureSet_FieldPresence } from "@bufbuild/protobuf/wkt";

/** Throws NotPlain at what another reader has to judge. */
type Read = (json: unknown) => unknown;
type Message = Record<string, unknown>;
type Put = (message: Message, json: unknown) => void;

class NotPlain extends Error {}

const NOT_PLAIN = new NotPlain();
/** Escapes and surrogates: what they stand for may not be text. */
const ODD = /\\u|[\ud800-\udfff]/;
const INT64 = /^(?:0|-?[1-9]\d{0,18})$/;

const SCALARS: Partial<Record<ScalarType, { readonly read: Read; readonly zero: unknown }>> = {
  [ScalarType.STRING]: {
    read: (json) => (typeof json === "string" ? json : refuse()),
    zero: "",
  },
  [ScalarType.BOOL]: { read: (json) => (typeof json === "boolean" ? json : refuse()), zero: false },
  [ScalarType.INT32]: {
    read: (json) => (typeof json === "number" && json === (json | 0) ? json | 0 : refuse()),
    zero: 0,
  },
  [ScalarType.INT64]: {
    read: (json) => (typeof json === "string" && INT64.test(json) ? int64(json) : refuse()),
    zero: 0n,
  },
};

/** Answers undefined where another reader has to judge. */
export function plainReader(desc: DescMessage): (text: string) => unknown {
  const read = messageOf(desc, new Map());
  return (text) => {
    if (ODD.test(text)) {
      return undefined;
    }
    try {
      return read(JSON.parse(text));
    } catch {
      return undefined;
    }
  };
}

function messageOf(desc: DescMessage, known: Map<string, Read>): Read {
  const found = known.get(desc.typeName);
  if (found) {
    return found;
  }
  const puts = new Map<string, Put>();
  const zeros: Message = {};
  const lists: string[] = [];
  let plain = !desc.typeName.startsWith("google.protobuf.");
  const read: Read = (json) => {
    if (!plain || typeof json !== "object" || json === null || Array.isArray(json)) {
      return refuse();
    }
    const message: Message = { ...zeros };
    for (const name of lists) {
      message[name] = [];
    }
    const fields = json as Message;
    for (const name in fields) {
      (puts.get(name) ?? refuse)(message, fields[name]);
    }
    return message;
  };
  known.set(desc.typeName, read);
  for (const field of desc.fields) {
    const value = readOf(field, known);
    if (value === undefined) {
      plain = false;
      continue;
    }
    puts.set(field.jsonName, putOf(field, value));
    if (field.fieldKind === "list") {
      lists.push(field.localName);
    } else {
      zeros[field.oneof?.localName ?? field.localName] = field.oneof ? undefined : zeroOf(field);
    }
  }
  return read;
}

function putOf(field: DescField, read: Read): Put {
  const { localName, oneof } = field;
  if (field.fieldKind === "list") {
    return (message, json) => {
      message[localName] = Array.isArray(json) ? json.map(read) : refuse();
    };
  }
  if (oneof) {
    return (message, json) => {
      if (message[oneof.localName] !== undefined) {
        refuse();
      }
      message[oneof.localName] = { $case: localName, value: read(json) };
    };
  }
  return (message, json) => {
    message[localName] = read(json);
  };
}

/** What reads a field's value, or one of its values; undefined for what nobody has needed fast. */
function readOf(field: DescField, known: Map<string, Read>): Read | undefined {
  if (field.fieldKind === "map") {
    return undefined;
  }
  if (field.message) {
    return messageOf(field.message, known);
  }
  return field.enum ? enumOf(field.enum) : SCALARS[field.scalar]?.read;
}

function enumOf({ values }: DescEnum): Read {
  const numbers = new Map<unknown, number>(values.map(({ name, number }) => [name, number]));
  return (json) => numbers.get(json) ?? refuse();
}

function zeroOf(field: DescField): unknown {
  if (field.presence !== FeatureSet_FieldPresence.IMPLICIT) {
    return undefined;
  }
  return field.fieldKind === "scalar" ? SCALARS[field.scalar]?.zero : 0;
}

function int64(digits: string): bigint {
  const value = BigInt(digits);
  return value === BigInt.asIntN(64, value) ? value : refuse();
}

function refuse(): never {
  throw NOT_PLAIN;
}
