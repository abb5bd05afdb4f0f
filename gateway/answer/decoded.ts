/** An answer that is decoded whole, whatever it is; its JSON by the descriptors alone. */
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
import type { HttpRule } from "../../services/kit/rpc-options.ts";
import type { Rpc } from "../contract/contract.ts";
import type { Local } from "../json/fields.ts";
import { textField } from "../request/conventions.ts";
import { type HttpBody, isHttpBody } from "../request/raw-body.ts";
import { localOf } from "../request/text.ts";
import { type Answer, type AnswerReader, messageOf, responseFieldOf } from "./answer.ts";

export class WholeReader implements AnswerReader {
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

  read(bytes: Uint8Array): Answer {
    const answer = fromBinary(this.#output, bytes);
    const resource = this.#resourceOf(answer);
    return {
      json: () => Buffer.from(JSON.stringify(this.#json(answer, resource))),
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
