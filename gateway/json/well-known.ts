/** Messages of google.protobuf with a JSON form of their own. */
import { type DescMessage, fromJson, type JsonValue, type Registry } from "@bufbuild/protobuf";
import { isWrapperDesc } from "@bufbuild/protobuf/wkt";
import type { Json } from "./parse.ts";
import { Refusal } from "./refusal.ts";
import { type ReadValue, scalarReader } from "./scalars.ts";

const forms: Readonly<Record<string, string>> = {
  "google.protobuf.Any": "a message with @type",
  "google.protobuf.Timestamp": "a time like 2026-01-31T12:00:00Z",
  "google.protobuf.Duration": "a duration like 1.5s",
  "google.protobuf.FieldMask": "names of fields with commas between them",
  "google.protobuf.Struct": "an object",
  "google.protobuf.Value": "a value",
  "google.protobuf.ListValue": "an array",
};

/** A reader of the message's JSON form, or undefined for a message that has none. */
export function wellKnownReader(desc: DescMessage, registry: Registry): ReadValue | undefined {
  if (isWrapperDesc(desc)) {
    const read = scalarReader(desc.fields[0].scalar);
    return (json) => {
      const value = read(json);
      return value instanceof Refusal ? value : { $typeName: desc.typeName, value };
    };
  }
  const form = forms[desc.typeName];
  if (form === undefined) {
    return undefined;
  }
  const rule = desc.name.toLowerCase();
  const isTime = desc.typeName === "google.protobuf.Timestamp";
  return (json) => {
    try {
      if (!isTime || isDay(json)) {
        return fromJson(desc, json as JsonValue, { registry });
      }
    } catch {
      // Told below, in our own words.
    }
    return new Refusal(rule, `must be ${form}`);
  };
}

/** Date.parse makes 2 March of 30 February. */
function isDay(json: Json): boolean {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)T/.exec(String(json)) ?? [];
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  return date.getUTCDate() === Number(day);
}
