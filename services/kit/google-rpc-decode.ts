// google.rpc.Status and its details, read from the wire.
import { BinaryReader } from "@bufbuild/protobuf/wire";
import {
  bytesTag,
  type Detail,
  type ErrorInfo,
  type FieldViolation,
  type RpcStatus,
  varintTag,
} from "./google-rpc.ts";

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

/** The id of the request that was answered first. */
export function decodeRequestInfo(bytes: Uint8Array): string {
  return readStrings(bytes)[0] ?? "";
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
