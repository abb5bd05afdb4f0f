/** The bytes that a service answered → what of them HTTP shows. */
import {
  create,
  type DescField,
  type DescMessage,
  fromBinary,
  type JsonObject,
  type Message,
  type Registry,
  toJson,
} from "@bufbuild/protobuf";
import { isWrapperDesc } from "@bufbuild/protobuf/wkt";
import type { HttpRule } from "../../services/kit/rpc-options.ts";
import type { Rpc } from "../contract/contract.ts";
import type { Local } from "../json/fields.ts";
import { textField } from "../request/conventions.ts";
import { type HttpBody, isHttpBody } from "../request/raw-body.ts";
import { localOf } from "../request/text.ts";

/** An answer that is decoded; its JSON is made when it is asked for. */
export interface Decoded {
  readonly json: () => string;
  /** A body that is not JSON. */
  readonly raw: HttpBody | undefined;
  /** "" where the resource has none. */
  readonly etag: string;
  readonly cursor: string;
  /** The text of a resource's field, by a dotted path of proto names. */
  field(path: string): string;
}

export class ResponseReader {
  readonly #output: DescMessage;
  readonly #field: DescField | undefined;
  readonly #resource: DescMessage | undefined;
  readonly #etag: DescField | undefined;
  readonly #cursor: DescField | undefined;
  readonly #options: { readonly alwaysEmitImplicit: true; readonly registry: Registry };

  constructor({ method }: Rpc, rule: HttpRule, registry: Registry) {
    this.#output = method.output;
    this.#field = responseFieldOf(method.output, rule);
    this.#resource = this.#field ? messageOf(this.#field) : method.output;
    this.#etag = textField(this.#resource, "etag");
    this.#cursor = method.methodKind === "unary" ? undefined : textField(method.output, "cursor");
    this.#options = { alwaysEmitImplicit: true, registry };
  }

  read(bytes: Uint8Array): Decoded {
    const answer = fromBinary(this.#output, bytes);
    const resource = this.#resourceOf(answer);
    return {
      json: () => JSON.stringify(this.#json(answer, resource)),
      raw: isHttpBody(this.#resource) ? (resource as HttpBody) : undefined,
      etag: textOf(resource, this.#etag),
      cursor: textOf(answer, this.#cursor),
      field: (path) => fieldText(resource, this.#resource, path),
    };
  }

  #resourceOf(answer: Message): Message | undefined {
    if (!this.#field) {
      return answer;
    }
    const value = this.#resource && localOf(answer as unknown as Local, this.#field);
    return this.#resource && ((value as Message | undefined) ?? create(this.#resource));
  }

  #json(answer: Message, resource: Message | undefined): unknown {
    if (this.#resource && resource) {
      return toJson(this.#resource, resource, this.#options);
    }
    const whole = toJson(this.#output, answer, this.#options) as JsonObject;
    return whole[this.#field?.jsonName ?? ""] ?? null;
  }
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
function messageOf(field: DescField): DescMessage | undefined {
  const isMessage =
    field.fieldKind === "message" &&
    !isWrapperDesc(field.message) &&
    field.message.typeName !== "google.protobuf.Struct";
  return isMessage ? field.message : undefined;
}

function textOf(message: Message | undefined, field: DescField | undefined): string {
  const value = message && field && localOf(message as unknown as Local, field);
  return value === undefined ? "" : String(value);
}

function fieldText(message: Message | undefined, desc: DescMessage | undefined, path: string) {
  let value: unknown = message;
  let parent = desc;
  for (const name of path.split(".")) {
    const field = parent?.fields.find((candidate) => candidate.name === name);
    value = field && value ? localOf(value as Local, field) : undefined;
    parent = field?.fieldKind === "message" ? field.message : undefined;
  }
  return value === undefined ? "" : String(value);
}
