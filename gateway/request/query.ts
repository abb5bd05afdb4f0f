/** Query parameters into the fields that path and body leave. */
import type { DescMessage, Message } from "@bufbuild/protobuf";
import { notUtf8 } from "../json/characters.ts";
import type { Readers } from "../json/read.ts";
import { Refusal } from "../json/refusal.ts";
import type { ReadValue } from "../json/scalars.ts";
import type { Violations } from "../problems/problem.ts";
import { type FieldPath, jsonName, resolvePath, setAt, textReader } from "./text.ts";

interface Parameter {
  readonly path: FieldPath;
  readonly name: string;
  /** The name, or that of the oneof it is in: there is one value for each. */
  readonly slot: string;
  readonly isList: boolean;
  readonly read: ReadValue;
}

/** Enough for any form; the server's limit on the head is near. */
const maxParameters = 1_000;

export class QueryBinder {
  readonly #input: DescMessage;
  readonly #readers: Readers;
  /** Names of fields that path, body or header fill, and "*" where the body fills all. */
  readonly #taken: ReadonlySet<string>;
  readonly #known = new Map<string, Parameter | undefined>();

  constructor(input: DescMessage, taken: Iterable<string>, readers: Readers) {
    this.#input = input;
    this.#readers = readers;
    this.#taken = new Set(taken);
  }

  bind(message: Message, query: string, violations: Violations): void {
    const seen = new Set<string>();
    const pairs = query.split("&", maxParameters + 1);
    if (pairs.length > maxParameters) {
      violations.add("", "range", `has more than ${maxParameters} parameters`);
      return;
    }
    for (const pair of pairs) {
      if (pair !== "") {
        this.#bindPair(message, pair, seen, violations);
      }
    }
  }

  #bindPair(message: Message, pair: string, seen: Set<string>, violations: Violations): void {
    const equals = pair.indexOf("=");
    const name = decoded(equals < 0 ? pair : pair.slice(0, equals));
    const text = equals < 0 ? "" : decoded(pair.slice(equals + 1));
    const parameter = name === undefined ? undefined : this.#parameter(name);
    if (!parameter) {
      violations.unknown(name ?? "?");
      return;
    }
    if (seen.has(parameter.slot) && !parameter.isList) {
      violations.add(parameter.name, "doubled", "is there more than once");
      return;
    }
    seen.add(parameter.slot);
    const value = text === undefined ? notUtf8 : parameter.read(text);
    if (value instanceof Refusal) {
      violations.add(parameter.name, value.rule, value.message);
      return;
    }
    setAt(message, parameter.path, value);
  }

  #parameter(name: string): Parameter | undefined {
    const known = this.#known.get(name);
    if (known) {
      return known;
    }
    const path = this.#taken.has("*") ? undefined : resolvePath(this.#input, name, this.#readers);
    const field = path?.at(-1);
    const read = field && textReader(field, this.#readers);
    if (!path || !field || !read || this.#isTaken(path)) {
      return undefined;
    }
    const oneof = field.oneof && [...path.slice(0, -1), field.oneof].map((step) => step.name);
    const parameter = {
      path,
      name: jsonName(path),
      slot: oneof ? oneof.join(".") : jsonName(path),
      isList: field.fieldKind === "list",
      read,
    };
    // Contracts that hold themselves have endless paths; only what is usual is kept.
    if (this.#known.size < 200) {
      this.#known.set(name, parameter);
    }
    return parameter;
  }

  #isTaken(path: FieldPath): boolean {
    return path.some((_, index) => this.#taken.has(jsonName(path.slice(0, index + 1))));
  }
}

function decoded(text: string): string | undefined {
  if (!/[%+]/.test(text)) {
    return text;
  }
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}
