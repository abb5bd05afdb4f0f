// ts-proto's messages as canonical proto3 JSON, by way of their bytes: ts-proto has the fast
// binary codec, protobuf-es the correct JSON.
import { fromBinary, fromJsonString, toBinary, toJsonString } from "@bufbuild/protobuf";
import { registry } from "./descriptors.ts";
import { plainReader } from "./json-reader.ts";

/** What every type of ts-proto's output has. */
export interface Codec<T> {
  readonly $type: string;
  encode(message: T): { finish(): Uint8Array };
  decode(bytes: Uint8Array): T;
}

export interface JsonCodec<T> {
  /** Fields with implicit presence are always written. */
  encode(message: T): string;
  /** Fields that are not known are let pass: the writer may be newer than the reader. */
  decode(text: string): T;
}

export function jsonCodec<T>(type: Codec<T>): JsonCodec<T> {
  const schema = registry.getMessage(type.$type);
  if (!schema) {
    throw new Error(`${type.$type} is in no contract`);
  }
  const read = plainReader(schema);
  return {
    encode(message) {
      const bytes = type.encode(message).finish();
      return toJsonString(schema, fromBinary(schema, bytes), {
        alwaysEmitImplicit: true,
        registry,
      });
    },
    decode(text) {
      const plain = read(text);
      if (plain !== undefined) {
        // The reader follows the descriptor that the type was made from.
        return plain as T;
      }
      const message = fromJsonString(schema, text, { ignoreUnknownFields: true, registry });
      return type.decode(toBinary(schema, message));
    },
  };
}
