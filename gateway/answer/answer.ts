/** The bytes that a service answered → what of them HTTP shows. */
import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { isWrapperDesc } from "@bufbuild/protobuf/wkt";
import type { HttpRule } from "../../services/kit/rpc-options.ts";
import type { HttpBody } from "../request/raw-body.ts";

export interface Answer {
  /** Made when it is asked for. */
  readonly json: () => Buffer;
  /** A body that is not JSON. */
  readonly raw: HttpBody | undefined;
  /** "" where the resource has none. */
  readonly etag: string;
  readonly cursor: string;
  /** The text of a resource's field, by a dotted path of proto names. */
  field(path: string): string;
}

export interface AnswerReader {
  read(bytes: Uint8Array): Answer;
}

/** The answer's field that is the body, where the rule names one. */
export function responseFieldOf(output: DescMessage, rule: HttpRule): DescField | undefined {
  if (rule.responseBody === "") {
    return undefined;
  }
  const field = output.fields.find(({ name }) => name === rule.responseBody);
  if (!field) {
    throw new Error(`${output.typeName} has no field ${rule.responseBody} to be a body`);
  }
  return field;
}

/** Its message, where the local form of the field is one. */
export function messageOf(field: DescField): DescMessage | undefined {
  const isMessage =
    field.fieldKind === "message" &&
    !isWrapperDesc(field.message) &&
    field.message.typeName !== "google.protobuf.Struct";
  return isMessage ? field.message : undefined;
}
