/** One HTTP rule of one rpc as an OpenAPI operation. */
import type { DescField, DescMessage } from "@bufbuild/protobuf";
import type { HttpRule } from "../../services/kit/rpc-options.ts";
import { responseFieldOf } from "../answer/answer.ts";
import type { Contract, Rpc } from "../contract/contract.ts";
import { bodyFieldOf } from "../request/bind.ts";
import { maskField, textField } from "../request/conventions.ts";
import { isHttpBody } from "../request/raw-body.ts";
import type { Template } from "../routes/template.ts";
import { commentOf } from "./comments.ts";
import { headersOf, pathParameters, queryParameters } from "./parameters.ts";
import { problemResponses } from "./problems.ts";
import type { Schema, Schemas } from "./schemas.ts";
import { securityOf } from "./security.ts";

export type Operation = Record<string, unknown>;

/** @param index the rule's place among the rpc's own: operations have different names */
export function operationOf(
  contract: Contract,
  rpc: Rpc,
  rule: HttpRule,
  template: Template,
  index: number,
  schemas: Schemas,
): Operation {
  const { method, options } = rpc;
  const [summary = "", ...rest] = commentOf(method).split(/(?<=\.)\s+/);
  const suffix = index === 0 ? "" : `_${index + 1}`;
  const body = requestBody(rpc, rule, template, schemas);
  return {
    operationId: `${method.parent.name}_${method.name}${suffix}`,
    tags: [method.parent.name],
    ...(summary === "" ? {} : { summary: summary.replaceAll("\n", " ") }),
    ...(rest.length === 0 ? {} : { description: commentOf(method) }),
    parameters: [
      ...pathParameters(method.input, template, schemas),
      ...queryParameters(method.input, takenBy(rpc, rule, template), schemas),
      ...headersOf(rpc, rule),
    ],
    ...(body ? { requestBody: body } : {}),
    responses: {
      ...answerOf(rpc, rule, schemas),
      ...problemResponses(contract, rpc, body !== undefined),
    },
    security: securityOf(contract, rpc),
    ...(options.access ? { "x-access": options.access } : {}),
    ...(options.reasons.length > 0 ? { "x-reasons": options.reasons } : {}),
  };
}

/** The request's fields that no query parameter fills; undefined: the body takes all. */
function takenBy(rpc: Rpc, rule: HttpRule, template: Template): ReadonlySet<string> | undefined {
  if (rule.body === "*") {
    return undefined;
  }
  const mask = rule.method === "PATCH" ? maskField(rpc.method.input)?.name : undefined;
  const names = template.variables.map(({ fieldPath }) => fieldPath);
  return new Set([...names, ...(rule.body === "" ? [] : [rule.body]), ...(mask ? [mask] : [])]);
}

function requestBody(
  rpc: Rpc,
  rule: HttpRule,
  template: Template,
  schemas: Schemas,
): Schema | undefined {
  const { input } = rpc.method;
  const field = bodyFieldOf(rpc, rule);
  if (isHttpBody(field ? field.message : input) && rule.body !== "") {
    return { content: { "*/*": { schema: {} } }, required: true };
  }
  if (field) {
    return json(schemas.field(field));
  }
  return rule.body === "*" ? json(wholeBody(input, rule, template, schemas)) : undefined;
}

function wholeBody(
  input: DescMessage,
  rule: HttpRule,
  template: Template,
  schemas: Schemas,
): Schema {
  const taken = new Set<string | undefined>(template.variables.map(({ fieldPath }) => fieldPath));
  taken.add(rule.method === "PATCH" ? maskField(input)?.name : undefined);
  const left = input.fields.filter((field) => !taken.has(field.name));
  return left.length === input.fields.length ? schemas.message(input) : schemas.part(input, left);
}

function json(schema: Schema): Schema {
  return { content: { "application/json": { schema } }, required: true };
}

function answerOf(rpc: Rpc, rule: HttpRule, schemas: Schemas): Record<string, Schema> {
  const { method, options } = rpc;
  if (rule.method === "DELETE") {
    return { 204: { description: "Done." } };
  }
  const field = responseFieldOf(method.output, rule);
  const schema = field ? schemas.field(field) : schemas.message(method.output);
  if (method.methodKind === "server_streaming") {
    return {
      200: { description: "Messages, as they come.", content: streamed(schema) },
      204: { description: "There is nothing more to come." },
    };
  }
  const isRaw = isHttpBody(field ? field.message : method.output);
  const content = isRaw ? { "*/*": { schema: {} } } : { "application/json": { schema } };
  const headers = answerHeaders(field, rpc);
  return options.created === undefined
    ? { 200: { description: "Done.", ...headers, content } }
    : { 201: { description: "Made.", ...headers, content } };
}

function streamed(schema: Schema): Schema {
  return {
    "text/event-stream": { schema: { type: "string" } },
    "application/x-ndjson": { schema },
  };
}

function answerHeaders(field: DescField | undefined, { method, options }: Rpc): Schema {
  const resource = field ? field.message : method.output;
  const headers = {
    ...(textField(resource, "etag") ? { ETag: text("Names this state of it.") } : {}),
    ...(options.created === undefined ? {} : { Location: text("Where it is.") }),
  };
  return Object.keys(headers).length > 0 ? { headers } : {};
}

function text(description: string): Schema {
  return { description, schema: { type: "string" } };
}
