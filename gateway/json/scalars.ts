/** Values of protobuf's scalar types and enums in canonical JSON, refused rather than bent. */
import { type DescEnum, ScalarType } from "@bufbuild/protobuf";
import type { Json } from "./parse.ts";
import { Refusal } from "./refusal.ts";

export type ReadValue = (json: Json) => unknown | Refusal;

export function scalarReader(type: ScalarType): ReadValue {
  switch (type) {
    case ScalarType.STRING:
      return (json) => (typeof json === "string" ? json : wrongType("a string"));
    case ScalarType.BOOL:
      return (json) => (typeof json === "boolean" ? json : wrongType("true or false"));
    case ScalarType.BYTES:
      return readBytes;
    case ScalarType.DOUBLE:
      return (json) => readFloat(json, Number.MAX_VALUE);
    case ScalarType.FLOAT:
      return (json) => readFloat(json, maxFloat);
    case ScalarType.INT32:
    case ScalarType.SINT32:
    case ScalarType.SFIXED32:
      return (json) => readInteger(json, -(2 ** 31), 2 ** 31 - 1);
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return (json) => readInteger(json, 0, 2 ** 32 - 1);
    case ScalarType.INT64:
    case ScalarType.SINT64:
    case ScalarType.SFIXED64:
      return (json) => readLong(json, -(2n ** 63n), 2n ** 63n - 1n);
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return (json) => readLong(json, 0n, 2n ** 64n - 1n);
  }
}

export function enumReader(desc: DescEnum): ReadValue {
  if (desc.typeName === "google.protobuf.NullValue") {
    return (json) => (json === null || json === "NULL_VALUE" ? 0 : wrongType("null"));
  }
  const numbers = new Map(
    desc.values.flatMap((value) => [
      [value.name, value.number],
      [value.jsonName, value.number],
    ]),
  );
  return (json) => {
    if (typeof json === "number") {
      return readInteger(json, -(2 ** 31), 2 ** 31 - 1);
    }
    if (typeof json !== "string") {
      return wrongType("a name or number of the enum");
    }
    return numbers.get(json) ?? new Refusal("enum", "is no name of the enum");
  };
}

export function wrongType(wanted: string): Refusal {
  return new Refusal("type", `must be ${wanted}`);
}

/** The largest finite float, and half a step more that is rounded to it. */
const maxFloat = 3.4028235677973366e38;
const numeral = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

function readInteger(json: Json, min: number, max: number): number | Refusal {
  const value = numberOf(json);
  if (value === undefined || !Number.isInteger(value)) {
    return wrongType("a whole number");
  }
  if (value < min || value > max) {
    return new Refusal("range", `must be from ${min} to ${max}`);
  }
  return value + 0;
}

function readLong(json: Json, min: bigint, max: bigint): bigint | Refusal {
  const value = longOf(json);
  if (value instanceof Refusal) {
    return value;
  }
  return value < min || value > max ? new Refusal("range", `must be from ${min} to ${max}`) : value;
}

function longOf(json: Json): bigint | Refusal {
  // 2^64 has twenty digits: what is longer is not worth its conversion.
  if (typeof json === "string" && /^-?(?:0|[1-9]\d{0,20})$/.test(json)) {
    return BigInt(json);
  }
  const value = numberOf(json);
  if (value === undefined || (Number.isFinite(value) && !Number.isInteger(value))) {
    return wrongType("a whole number");
  }
  // Beyond 2^53 a JSON number has been rounded on its way; a string has not.
  return Number.isSafeInteger(value)
    ? BigInt(value)
    : new Refusal("range", "must be written as a string, being beyond 2^53");
}

function numberOf(json: Json): number | undefined {
  if (typeof json === "number") {
    return json;
  }
  return typeof json === "string" && numeral.test(json) ? Number(json) : undefined;
}

function readFloat(json: Json, max: number): number | Refusal {
  if (json === "NaN" || json === "Infinity" || json === "-Infinity") {
    return Number(json);
  }
  const value = numberOf(json);
  if (value === undefined) {
    return wrongType("a number");
  }
  return Math.abs(value) > max ? new Refusal("range", "is too large") : value;
}

/** Standard or URL-safe, with or without padding. */
function readBytes(json: Json): Uint8Array | Refusal {
  if (typeof json !== "string") {
    return wrongType("a string in base64");
  }
  const data = json.replace(/={1,2}$/, "");
  const isPadded = data.length === json.length || json.length % 4 === 0;
  if (!isPadded || data.length % 4 === 1 || !/^[A-Za-z0-9+/_-]*$/.test(data)) {
    return new Refusal("base64", "is not base64");
  }
  return new Uint8Array(Buffer.from(data, "base64"));
}
