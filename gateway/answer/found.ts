/** An answer that is not decoded: single fields are found in its bytes, generated code makes its JSON. */
import type { DescMessage } from "@bufbuild/protobuf";
import type { HttpRule } from "../../services/kit/rpc-options.ts";
import type { Rpc } from "../contract/contract.ts";
import { textField } from "../request/conventions.ts";
import { type Span, spanOf } from "../wire/find.ts";
import { jsonOf } from "../wire/json.ts";
import type { JsonWriter, Sink } from "../wire/sink.ts";
import { Source } from "../wire/source.ts";
import { type Answer, type AnswerReader, messageOf, responseFieldOf } from "./answer.ts";

const EMPTY: Span = { start: 0, end: 0 };

export class FoundReader implements AnswerReader {
  readonly #resource: DescMessage;
  readonly #field: number | undefined;
  readonly #etag: number | undefined;
  readonly #cursor: number | undefined;
  readonly #write: JsonWriter;
  readonly #sink: Sink;
  readonly #whole: AnswerReader;
  readonly #paths = new Map<string, readonly number[] | undefined>();

  /** @param whole for what is not as encoders write it */
  constructor(
    { method }: Rpc,
    resource: DescMessage,
    rule: HttpRule,
    write: JsonWriter,
    sink: Sink,
    whole: AnswerReader,
  ) {
    this.#resource = resource;
    this.#field = responseFieldOf(method.output, rule)?.number;
    this.#etag = textField(resource, "etag")?.number;
    const cursor = method.methodKind === "unary" ? undefined : textField(method.output, "cursor");
    this.#cursor = cursor?.number;
    this.#write = write;
    this.#sink = sink;
    this.#whole = whole;
  }

  read(bytes: Uint8Array): Answer {
    const from = new Source(bytes);
    const all = { start: 0, end: bytes.length };
    const resource = this.#field === undefined ? all : (spanOf(from, all, this.#field) ?? EMPTY);
    const etag = textAt(from, resource, this.#etag);
    const cursor = textAt(from, all, this.#cursor);
    if (from.isOdd) {
      return this.#whole.read(bytes);
    }
    return {
      json: () =>
        jsonOf(this.#write, bytes, resource, this.#sink) ?? this.#whole.read(bytes).json(),
      raw: undefined,
      etag,
      cursor,
      field: (path) => this.#text(from, resource, path) ?? this.#whole.read(bytes).field(path),
    };
  }

  #text(from: Source, resource: Span, path: string): string | undefined {
    if (!this.#paths.has(path)) {
      this.#paths.set(path, numbersOf(this.#resource, path.split(".")));
    }
    const numbers = this.#paths.get(path);
    let span: Span | undefined = resource;
    for (const number of numbers ?? []) {
      span = span && spanOf(from, span, number);
    }
    return numbers && !from.isOdd ? textOf(from, span) : undefined;
  }
}

/** Of a path of messages that ends at a string; undefined of any other. */
function numbersOf(desc: DescMessage, [name = "", ...rest]: string[]): number[] | undefined {
  if (rest.length === 0) {
    const field = textField(desc, name);
    return field && [field.number];
  }
  const field = desc.fields.find((candidate) => candidate.name === name);
  const parent = field && messageOf(field);
  const numbers = parent && numbersOf(parent, rest);
  return numbers && [field.number, ...numbers];
}

function textAt(from: Source, span: Span, number: number | undefined): string {
  return number === undefined ? "" : textOf(from, spanOf(from, span, number));
}

function textOf({ bytes }: Source, span: Span | undefined): string {
  if (!span) {
    return "";
  }
  const { buffer, byteOffset } = bytes;
  return Buffer.from(buffer, byteOffset + span.start, span.end - span.start).toString();
}
