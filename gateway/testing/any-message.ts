/** Any JSON of a message, made from its descriptor. */
import {
  type DescEnum,
  type DescField,
  type DescMessage,
  type JsonObject,
  type JsonValue,
  ScalarType,
} from "@bufbuild/protobuf";
import fc from "fast-check";

type AnyJson = fc.Arbitrary<JsonValue>;

const text = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: fc.constantFrom("\n", '"', "\\", "\u0001", "\u007f", "\u2028", "é", "𝄞") }),
);
const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const int64 = fc
  .oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.bigInt({ min: -9n, max: 2n ** 53n }),
  )
  .map(String);
const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String);
const odd = fc.constantFrom<JsonValue>("NaN", "Infinity", "-Infinity", -0);
const SCALARS: Readonly<Record<ScalarType, AnyJson>> = {
  [ScalarType.STRING]: text,
  [ScalarType.BYTES]: fc.uint8Array().map((bytes) => Buffer.from(bytes).toString("base64")),
  [ScalarType.BOOL]: fc.boolean(),
  [ScalarType.INT32]: int32,
  [ScalarType.SINT32]: int32,
  [ScalarType.SFIXED32]: int32,
  [ScalarType.UINT32]: uint32,
  [ScalarType.FIXED32]: uint32,
  [ScalarType.INT64]: int64,
  [ScalarType.SINT64]: int64,
  [ScalarType.SFIXED64]: int64,
  [ScalarType.UINT64]: uint64,
  [ScalarType.FIXED64]: uint64,
  [ScalarType.FLOAT]: fc.oneof(fc.float({ noNaN: true, noDefaultInfinity: true }), odd),
  [ScalarType.DOUBLE]: fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), odd),
};

const WELL_KNOWN: Readonly<Record<string, AnyJson>> = {
  "google.protobuf.Duration": fc.integer({ min: 0, max: 1e9 }).map((seconds) => `${seconds}.5s`),
  "google.protobuf.FieldMask": fc.constantFrom("", "a", "a.b,cD"),
  "google.protobuf.Struct": fc.dictionary(text, fc.oneof(text, fc.boolean())),
  "google.protobuf.Value": fc.oneof(text, fc.boolean(), fc.constant(null)),
  "google.protobuf.ListValue": fc.array(fc.oneof(text, fc.boolean())),
  "google.protobuf.Int64Value": int64,
  "google.protobuf.StringValue": text,
  "google.protobuf.BytesValue": SCALARS[ScalarType.BYTES],
  "google.protobuf.Any": fc.constant({}),
};

interface Bounds {
  /** How many messages it may hold in one another. */
  readonly depth: number;
  readonly since: string;
}

const WIDE: Bounds = { depth: 3, since: "0001-01-01T00:00:00Z" };

function anyMoment({ since }: Bounds): AnyJson {
  const dates = fc.date({
    min: new Date(since),
    // Fractions may be rounded up.
    max: new Date("9999-12-31T23:59:58Z"),
    noInvalidDate: true,
  });
  return fc
    .tuple(dates, fc.constantFrom("", ".1", ".123", ".000456", ".999999999"))
    .map(([date, fraction]) => date.toISOString().replace(/\.\d+/, fraction));
}

export function anyMessage(
  desc: DescMessage,
  given: Partial<Bounds> = {},
): fc.Arbitrary<JsonObject> {
  const bounds = { ...WIDE, ...given };
  const alone = desc.fields.filter(({ oneof }) => !oneof);
  const fields = Object.fromEntries(
    alone.flatMap((field) => {
      const json = anyField(field, bounds);
      return json ? [[field.jsonName, json]] : [];
    }),
  );
  const chosen = desc.oneofs.map((oneof) =>
    fc.oneof(
      fc.constant({}),
      ...oneof.fields.flatMap((field) => {
        const json = anyField(field, bounds);
        return json ? [json.map((value) => ({ [field.jsonName]: value }))] : [];
      }),
    ),
  );
  return fc
    .tuple(fc.record(fields, { requiredKeys: [] }), ...chosen)
    .map((parts) => Object.assign({}, ...parts) as JsonObject);
}

/** Undefined where it is too deep. */
function anyField(field: DescField, bounds: Bounds): AnyJson | undefined {
  const value = anyValue(field, bounds);
  switch (value && field.fieldKind) {
    case "list":
      return fc.array(value as AnyJson, { maxLength: 4 });
    case "map":
      return anyMap(field as DescField & { fieldKind: "map" }, value as AnyJson);
    default:
      return value;
  }
}

function anyMap({ mapKey }: DescField & { fieldKind: "map" }, value: AnyJson): AnyJson {
  const key = SCALARS[mapKey].map(String).filter((name) => name !== "__proto__");
  return fc.dictionary(key, value, { maxKeys: 4 });
}

function anyValue(field: DescField, bounds: Bounds): AnyJson | undefined {
  const { message } = field;
  if (message) {
    const { depth, since } = bounds;
    return message.typeName === "google.protobuf.Timestamp"
      ? anyMoment(bounds)
      : (WELL_KNOWN[message.typeName] ??
          (depth > 0 ? anyMessage(message, { depth: depth - 1, since }) : undefined));
  }
  return field.enum ? anyEnum(field.enum) : SCALARS[field.scalar ?? ScalarType.STRING];
}

function anyEnum({ values }: DescEnum): AnyJson {
  return fc.oneof(fc.constantFrom(...values.map(({ name }) => name)), int32);
}
