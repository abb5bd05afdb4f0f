import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { isWrapperDesc } from "@bufbuild/protobuf/wkt";
import type { HttpRule } from "../../services/kit/rpc-options.ts";
import type { Rpc } from "../contract/contract.ts";
import { textField } from "../request/conventions.ts";
import type { Template } from "../routes/template.ts";
import type { Schema, Schemas } from "./schemas.ts";

/** OpenAPI's path: `/v1/{name}/books/{id}:move`, whatever pattern a variable has. */
export function openapiPath({ segments, variables, verb }: Template): string {
  const parts: string[] = [];
  for (let at = 0; at < segments.length; at++) {
    const variable = variables.find(({ from }) => from === at);
    if (variable) {
      parts.push(`{${variable.fieldPath}}`);
      at = Math.min(variable.to, segments.length) - 1;
    } else {
      const segment = segments[at] as string;
      parts.push(segment.startsWith("*") ? `{segment${at + 1}}` : segment);
    }
  }
  return `/${parts.join("/")}${verb === "" ? "" : `:${verb}`}`;
}

export function pathParameters(input: DescMessage, template: Template, schemas: Schemas): Schema[] {
  const names = [...openapiPath(template).matchAll(/\{([^}]+)\}/g)].map(([, name]) => name ?? "");
  return names.map((name) => {
    const field = fieldAt(input, name);
    const schema = field ? schemas.field(field) : { type: "string" };
    return parameter(name, "path", schema, true);
  });
}

/** @param taken proto names that something else fills; undefined: all are */
export function queryParameters(
  input: DescMessage,
  taken: ReadonlySet<string> | undefined,
  schemas: Schemas,
): Schema[] {
  return taken ? [...leaves(input, taken, schemas, [], [input])] : [];
}

function* leaves(
  desc: DescMessage,
  taken: ReadonlySet<string>,
  schemas: Schemas,
  steps: readonly DescField[],
  within: readonly DescMessage[],
): Generator<Schema> {
  for (const field of desc.fields) {
    const path = [...steps, field];
    if (taken.has(path.map(({ name }) => name).join(".")) || field.fieldKind === "map") {
      continue;
    }
    const isText = !field.message || isWrapperDesc(field.message) || texts.has(field.message.name);
    if (isText) {
      const name = path.map(({ jsonName }) => jsonName).join(".");
      yield parameter(name, "query", schemas.field(field), false);
    } else if (field.fieldKind === "message" && !within.includes(field.message)) {
      yield* leaves(field.message, taken, schemas, path, [...within, field.message]);
    }
  }
}

/** Messages of google.protobuf that one parameter can hold. */
const texts = new Set(["Timestamp", "Duration", "FieldMask"]);

function fieldAt(input: DescMessage, path: string): DescField | undefined {
  let desc: DescMessage | undefined = input;
  let field: DescField | undefined;
  for (const name of path.split(".")) {
    field = desc?.fields.find((candidate) => candidate.name === name);
    desc = field?.message;
  }
  return field;
}

/** The headers that mean something to this rpc. */
export function headersOf({ method, options }: Rpc, rule: HttpRule): Schema[] {
  const headers: [string, string][] = options.headers.map((name) => [name, "For the handler."]);
  if (rule.method === "POST") {
    headers.push(["Idempotency-Key", "The same key and request get the first answer again."]);
  }
  if (textField(method.input, "etag")) {
    headers.push(["If-Match", "Only if it is still in this state."]);
  }
  if (method.methodKind !== "unary" && textField(method.input, "cursor")) {
    headers.push(["Last-Event-ID", "Where to go on."]);
  }
  return headers.map(([name, description]) => ({
    ...parameter(name, "header", { type: "string" }, false),
    description,
  }));
}

function parameter(name: string, place: string, schema: Schema, required: boolean): Schema {
  const { description, ...rest } = schema;
  return {
    name,
    in: place,
    ...(description === undefined ? {} : { description }),
    ...(required ? { required } : {}),
    schema: rest,
  };
}
