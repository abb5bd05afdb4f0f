import type { JsonObject } from "@bufbuild/protobuf";
import fc from "fast-check";

/** Any JSON that protobuf-es takes for Everything. */
export function messageJson(): fc.Arbitrary<JsonObject> {
  const text = fc.string({ unit: "grapheme" }).filter((value) => !value.includes("\0"));
  const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
  const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String);
  const bytes = fc.uint8Array().map((value) => Buffer.from(value).toString("base64"));
  const float = fc.float({ noNaN: true, noDefaultInfinity: true });
  const kind = fc.oneof(fc.constantFrom("WOOD", "STEEL"), int32);
  const item = fc.record({ productId: text, quantity: int32 }, { requiredKeys: [] });
  const name = text.filter((key) => key !== "__proto__");
  const date = fc.date({
    min: new Date("0001-01-01T00:00:00Z"),
    max: new Date("9999-12-31T23:59:59Z"),
    noInvalidDate: true,
  });
  const time = date.map((value) => value.toISOString());
  const choice = fc.oneof(
    fc.constant({}),
    fc.record({ word: text }),
    fc.record({ number: int32 }),
    fc.record({ item }),
  );
  const fields = {
    aBool: fc.boolean(),
    aString: text,
    aBytes: bytes,
    anInt32: int32,
    aUint32: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    aSint64: int64,
    anInt64: int64,
    aFloat: float,
    aDouble: fc.double({ noNaN: true, noDefaultInfinity: true }),
    aKind: kind,
    int32s: fc.array(int32),
    kinds: fc.array(kind),
    items: fc.array(item),
    byName: fc.dictionary(name, int64),
    byNumber: fc.dictionary(int32.map(String), item),
    byTruth: fc.dictionary(fc.constantFrom("true", "false"), text),
    maybe: int32,
    time,
    times: fc.array(time),
    struct: fc.dictionary(name, fc.oneof(text, fc.boolean(), fc.constant(null))),
    value: fc.oneof(text, fc.boolean(), fc.constant(null), fc.array(fc.boolean())),
    wrappedInt64: int64,
    wrappedString: text,
    wrappedBytes: bytes,
    oddly: int32,
  };
  const flat = fc.record(fields, { requiredKeys: [] });
  return fc
    .tuple(flat, choice, fc.option(flat, { nil: null }))
    .map(([own, one, itself]) => ({ ...own, ...one, itself }) as JsonObject);
}
