/** The code that makes one value's JSON. */
import { type DescEnum, type DescMessage, ScalarType } from "@bufbuild/protobuf";

export interface ValueCode {
  /** Of its tag. */
  readonly wireType: 0 | 1 | 2 | 5;
  /** A statement; `end` is where the bytes end that the value stands in. */
  write(end: string): string;
  /** Of a field that is not there; undefined for a message. */
  readonly zero: string | undefined;
  /** How many bytes it may write beside eight for each of its own, and its zero. */
  readonly room: number;
}

/** A message that has a JSON of its own, none of its fields. */
export function isOfItsOwn({ typeName }: DescMessage): boolean {
  return typeName.startsWith("google.protobuf.");
}

/** The name of its function or table, which no other type's is. */
export function identifier({ typeName }: DescMessage | DescEnum): string {
  return typeName.replaceAll(".", "_");
}

export function messageCode(desc: DescMessage): ValueCode {
  const known = { wireType: 2, zero: undefined } as const;
  if (desc.typeName === "google.protobuf.Timestamp") {
    return { ...known, room: 32, write: (end) => `to.moment(from, ${end});` };
  }
  if (isOfItsOwn(desc)) {
    return { ...known, room: 0, write: (end) => `to.other("${desc.typeName}", from, ${end});` };
  }
  // It makes its own room.
  const write = (end: string) => `${identifier(desc)}(from, to, from.contents(${end}));`;
  return { ...known, room: 0, write };
}

export function enumCode(desc: DescEnum): ValueCode {
  const names = desc.values.map(({ number }) => enumName(desc, number));
  return {
    wireType: 0,
    write: () => `to.enumeration(from.int32(), ${identifier(desc)});`,
    zero: enumName(desc, 0),
    room: Math.max(...names.map(({ length }) => length)),
  };
}

/** In quotes. */
export function enumName(desc: DescEnum, number: number): string {
  const isNull = desc.typeName === "google.protobuf.NullValue";
  return isNull ? "null" : JSON.stringify(desc.value[number]?.jsonName ?? number);
}

export function scalarCode(type: ScalarType): ValueCode {
  const { wireType, how, zero } = SCALARS[type];
  return { wireType, zero, room: 0, write: (end) => how.replaceAll("END", end) };
}

/** How a map's key is written, which is a string in JSON. */
export function keyCode(type: ScalarType): ValueCode {
  const code = scalarCode(type);
  const write = (end: string) => code.write(end).replace(/^to\.(integer|bool)/, "to.quoted");
  const zero = code.zero?.startsWith('"') ? code.zero : `"${code.zero}"`;
  return { ...code, write, zero };
}

interface Scalar {
  readonly wireType: ValueCode["wireType"];
  readonly how: string;
  readonly zero: string;
}

const SCALARS: Readonly<Record<ScalarType, Scalar>> = {
  [ScalarType.STRING]: { wireType: 2, how: "to.text(from, END);", zero: '""' },
  [ScalarType.BYTES]: { wireType: 2, how: "to.base64(from, END);", zero: '""' },
  [ScalarType.BOOL]: { wireType: 0, how: "to.bool(from.bool());", zero: "false" },
  [ScalarType.INT32]: { wireType: 0, how: "to.integer(from.int32());", zero: "0" },
  [ScalarType.UINT32]: { wireType: 0, how: "to.integer(from.uint32());", zero: "0" },
  [ScalarType.SINT32]: { wireType: 0, how: "to.integer(from.sint32());", zero: "0" },
  [ScalarType.FIXED32]: { wireType: 5, how: "to.integer(from.fixed32());", zero: "0" },
  [ScalarType.SFIXED32]: { wireType: 5, how: "to.integer(from.sfixed32());", zero: "0" },
  [ScalarType.INT64]: { wireType: 0, how: "to.quoted(from.int64());", zero: '"0"' },
  [ScalarType.UINT64]: { wireType: 0, how: "to.quoted(from.uint64());", zero: '"0"' },
  [ScalarType.SINT64]: { wireType: 0, how: "to.quoted(from.sint64());", zero: '"0"' },
  [ScalarType.FIXED64]: { wireType: 1, how: "to.quoted(from.fixed64());", zero: '"0"' },
  [ScalarType.SFIXED64]: { wireType: 1, how: "to.quoted(from.sfixed64());", zero: '"0"' },
  [ScalarType.FLOAT]: { wireType: 5, how: "to.float(from.float());", zero: "0" },
  [ScalarType.DOUBLE]: { wireType: 1, how: "to.float(from.double());", zero: "0" },
};
