/** How the answers of a route are read. */
import { fromBinary, type Registry, toJson } from "@bufbuild/protobuf";
import type { HttpRule } from "../../services/kit/rpc-options.ts";
import type { Rpc } from "../contract/contract.ts";
import { isHttpBody } from "../request/raw-body.ts";
import { type JsonWriter, Sink } from "../wire/sink.ts";
import { type AnswerReader, messageOf, responseFieldOf } from "./answer.ts";
import { WholeReader } from "./decoded.ts";
import { FoundReader } from "./found.ts";

/** Generated code by the messages' type names. */
export type Writers = Readonly<Record<string, JsonWriter>>;

/** By generated code, where there is some for the resource. */
export class AnswerReaders {
  readonly #registry: Registry;
  readonly #writers: Writers;
  readonly #sink: Sink;

  constructor(registry: Registry, writers: Writers) {
    this.#registry = registry;
    this.#writers = writers;
    this.#sink = sinkOf(registry);
  }

  of(rpc: Rpc, rule: HttpRule): AnswerReader {
    const whole = new WholeReader(rpc, rule, this.#registry);
    const { output } = rpc.method;
    const field = responseFieldOf(output, rule);
    const resource = field ? messageOf(field) : output;
    const write = resource && this.#writers[resource.typeName];
    return write && !isHttpBody(resource)
      ? new FoundReader(rpc, resource, rule, write, this.#sink, whole)
      : whole;
  }
}

/** One that knows the JSON of google.protobuf's messages. */
export function sinkOf(registry: Registry): Sink {
  const options = { registry, alwaysEmitImplicit: true };
  return new Sink((typeName, bytes) => {
    const desc = registry.getMessage(typeName);
    try {
      return desc && JSON.stringify(toJson(desc, fromBinary(desc, bytes), options));
    } catch {
      // Whoever reads the answer whole says what is wrong with it.
      return undefined;
    }
  });
}
