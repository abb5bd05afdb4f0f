/** JSON → message, by a reader that is made once for each message type. */

import type { Registry } from "@bufbuild/protobuf";
import { create, type DescField, type DescMessage, type Message } from "@bufbuild/protobuf";
import type { Violations } from "../problems/problem.ts";
import { type FieldReader, fieldReader } from "./fields.ts";
import type { Json } from "./parse.ts";
import { fieldPath, type Step } from "./path.ts";

/** Where a value stands, and what was found wrong so far. */
export interface Place {
  readonly steps: Step[];
  readonly violations: Violations;
}

export class MessageReader {
  readonly desc: DescMessage;
  readonly #fields = new Map<string, FieldReader>();

  constructor(desc: DescMessage) {
    this.desc = desc;
  }

  /** Fields are compiled after the reader is known, because messages may hold themselves. */
  compile(readers: Readers): void {
    for (const field of this.desc.fields) {
      const reader = fieldReader(field, readers);
      this.#fields.set(field.name, reader).set(field.jsonName, reader);
    }
  }

  field(name: string): DescField | undefined {
    return this.#fields.get(name)?.field;
  }

  read(json: Json, place: Place): Message {
    const message = create(this.desc);
    this.merge(json, message, place);
    return message;
  }

  /** Fills what `json` names; what it does not name stays. */
  merge(json: Json, message: Message, place: Place): void {
    const { steps, violations } = place;
    if (json === null || typeof json !== "object" || Array.isArray(json)) {
      violations.add(fieldPath(steps), "type", "must be an object");
      return;
    }
    let seen: Map<unknown, string> | undefined;
    for (const name of Object.keys(json)) {
      steps.push(name);
      const reader = this.#fields.get(name);
      if (!reader) {
        violations.unknown(fieldPath(steps));
      } else {
        const value = json[name] as Json;
        // The same field by its other name, or another one of its oneof.
        const slot = value === null ? reader.field : (reader.field.oneof ?? reader.field);
        seen ??= new Map();
        const other = seen.get(slot);
        if (other === undefined) {
          seen.set(slot, name);
          reader.read(message as unknown as Record<string, unknown>, value, place);
        } else {
          const rule = slot === reader.field ? "doubled" : "oneof";
          violations.add(fieldPath(steps), rule, `excludes ${other}, which is there too`);
        }
      }
      steps.pop();
    }
  }
}

/** The readers of one registry's messages. */
export class Readers {
  readonly registry: Registry;
  readonly #readers = new Map<DescMessage, MessageReader>();

  constructor(registry: Registry) {
    this.registry = registry;
  }

  of(desc: DescMessage): MessageReader {
    let reader = this.#readers.get(desc);
    if (!reader) {
      reader = new MessageReader(desc);
      this.#readers.set(desc, reader);
      reader.compile(this);
    }
    return reader;
  }
}
