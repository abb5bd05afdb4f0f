// google.rpc.Status and the details that we send, on the wire. nice-grpc-error-details would do,
// but its FieldViolation is older than `reason`, where the rule's id goes.
import { BinaryReader, BinaryWriter } from "@bufbuild/protobuf/wire";

export interface RpcStatus {
  readonly code: number;
  readonly message: string;
  readonly details: readonly Detail[];
}

/** A google.protobuf.Any. */
export interface Detail {
  readonly typeUrl: string;
  readonly value: Uint8Array;
}

export interface FieldViolation {
  readonly field: string;
  readonly description: string;
  readonly reason: string;
}

export interface ErrorInfo {
  readonly reason: string;
  readonly domain: string;
  readonly metadata: Readonly<Record<string, string>>;
}

const prefix = "type.googleapis.com/google.rpc.";
export const errorInfoUrl = `${prefix}ErrorInfo`;
export const badRequestUrl = `${prefix}BadRequest`;
export const retryInfoUrl = `${prefix}RetryInfo`;

/** The tag of a length-delimited field. */
const bytesTag = (field: number) => (field << 3) | 2;
const varintTag = (field: number) => field << 3;

export function encodeStatus({ code, message, details }: RpcStatus): Uint8Array {
  const writer = new BinaryWriter().uint32(varintTag(1)).int32(code);
  writeStrings(writer, [undefined, message]);
  for (const { typeUrl, value } of details) {
    writer.uint32(bytesTag(3)).fork();
    writer.uint32(bytesTag(1)).string(typeUrl).uint32(bytesTag(2)).bytes(value).join();
  }
  return writer.finish();
}

export function encodeErrorInfo({ reason, domain, metadata }: ErrorInfo): Detail {
  const writer = writeStrings(new BinaryWriter(), [reason, domain]);
  for (const entry of Object.entries(metadata)) {
    writeStrings(writer.uint32(bytesTag(3)).fork(), entry).join();
  }
  return { typeUrl: errorInfoUrl, value: writer.finish() };
}

export function encodeBadRequest(violations: readonly FieldViolation[]): Detail {
  const writer = new BinaryWriter();
  for (const { field, description, reason } of violations) {
    writeStrings(writer.uint32(bytesTag(1)).fork(), [field, description, reason]).join();
  }
  return { typeUrl: badRequestUrl, value: writer.finish() };
}

export function encodeRetryInfo(delayMs: number): Detail {
  const writer = new BinaryWriter().uint32(bytesTag(1)).fork();
  writer.uint32(varintTag(1)).int64(Math.floor(delayMs / 1_000));
  writer.uint32(varintTag(2)).int32(Math.round(delayMs % 1_000) * 1_000_000);
  return { typeUrl: retryInfoUrl, value: writer.join().finish() };
}

/** The strings at their place are fields 1, 2, 3 …; what is undefined is left out. */
function writeStrings(writer: BinaryWriter, values: readonly (string | undefined)[]): BinaryWriter {
  values.forEach((value, index) => {
    if (value) {
      writer.uint32(bytesTag(index + 1)).string(value);
    }
  });
  return writer;
}

export function decodeStatus(bytes: Uint8Array): RpcStatus {
  let code = 0;
  let message = "";
  const details: Detail[] = [];
  eachField(bytes, (field, reader) => {
    if (field === varintTag(1)) {
      code = reader.int32();
    } else if (field === bytesTag(2)) {
      message = reader.string();
    } else if (field === bytesTag(3)) {
      details.push(decodeAny(reader.bytes()));
    } else {
      return false;
    }
    return true;
  });
  return { code, message, details };
}

function decodeAny(bytes: Uint8Array): Detail {
  let typeUrl = "";
  let value: Uint8Array = new Uint8Array();
  eachField(bytes, (field, reader) => {
    if (field === bytesTag(1)) {
      typeUrl = reader.string();
    } else if (field === bytesTag(2)) {
      value = reader.bytes();
    } else {
      return false;
    }
    return true;
  });
  return { typeUrl, value };
}

export function decodeErrorInfo(bytes: Uint8Array): ErrorInfo {
  const metadata: Record<string, string> = {};
  const [reason = "", domain = ""] = readStrings(bytes, (field, value) => {
    if (field === bytesTag(3)) {
      const [key = "", text = ""] = readStrings(value);
      metadata[key] = text;
    }
  });
  return { reason, domain, metadata };
}

export function decodeBadRequest(bytes: Uint8Array): FieldViolation[] {
  const violations: FieldViolation[] = [];
  eachField(bytes, (field, reader) => {
    if (field !== bytesTag(1)) {
      return false;
    }
    const [name = "", description = "", reason = ""] = readStrings(reader.bytes());
    violations.push({ field: name, description, reason });
    return true;
  });
  return violations;
}

/** The delay in milliseconds. */
export function decodeRetryInfo(bytes: Uint8Array): number {
  let delayMs = 0;
  eachField(bytes, (field, outer) => {
    if (field !== bytesTag(1)) {
      return false;
    }
    eachField(outer.bytes(), (part, reader) => {
      if (part === varintTag(1)) {
        delayMs += Number(reader.int64()) * 1_000;
      } else if (part === varintTag(2)) {
        delayMs += reader.int32() / 1_000_000;
      } else {
        return false;
      }
      return true;
    });
    return true;
  });
  return delayMs;
}

const text = new TextDecoder();

/** Fields 1, 2, 3 … as text, each also shown raw to `see`. */
function readStrings(
  bytes: Uint8Array,
  see?: (field: number, value: Uint8Array) => void,
): string[] {
  const values: string[] = [];
  eachField(bytes, (field, reader) => {
    if ((field & 7) !== 2) {
      return false;
    }
    const value = reader.bytes();
    values[(field >>> 3) - 1] = text.decode(value);
    see?.(field, value);
    return true;
  });
  return values;
}

/** `read` says whether it took the field; one that it did not is skipped. */
function eachField(bytes: Uint8Array, read: (field: number, reader: BinaryReader) => boolean) {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (!read(tag, reader)) {
      reader.skip(tag & 7);
    }
  }
}
