/** The few field names that mean something to HTTP in every contract (contracts.md). */
import { create, type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { type FieldMask, FieldMaskSchema } from "@bufbuild/protobuf/wkt";
import type { Request } from "express";
import type { Json } from "../json/parse.ts";
import type { MessageReader } from "../json/read.ts";
import type { Violations } from "../problems/problem.ts";

/** A singular string of that name, or undefined. */
export function textField(desc: DescMessage | undefined, name: string): DescField | undefined {
  const field = desc?.fields.find((candidate) => candidate.name === name);
  return field?.fieldKind === "scalar" && field.scalar === ScalarType.STRING ? field : undefined;
}

/** The field that says which fields of a PATCH are meant. */
export function maskField(desc: DescMessage): DescField | undefined {
  return desc.fields.find(
    (field) => field.fieldKind === "message" && field.message.typeName === FieldMaskSchema.typeName,
  );
}

/** The fields that a body names; `null` counts, because it clears. */
export function maskOf(json: Json, reader: MessageReader): FieldMask {
  const names = json !== null && typeof json === "object" ? Object.keys(json) : [];
  const paths = names.flatMap((name) => reader.field(name)?.name ?? []);
  return create(FieldMaskSchema, { paths });
}

/** `abc` of `If-Match: "abc"`; `*` stays. Undefined without the header. */
export function ifMatch(req: Request, violations: Violations): string | undefined {
  const header = req.headers["if-match"]?.trim();
  if (header === undefined || header === "*") {
    return header;
  }
  // A weak one never matches (RFC 9110, 13.1.1): with its mark it equals no etag.
  const [, weak, value] = /^(W\/)?"([!#-~]*)"$/.exec(header) ?? [];
  if (value === undefined) {
    violations.add("If-Match", "header", 'must be one entity tag, like "abc", or *');
  }
  return weak ? header : value;
}
