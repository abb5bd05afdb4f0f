// google.rpc.Status and the details that we send, on the wire. nice-grpc-error-details would do,
// but its FieldViolation is older than `reason`, where the rule's id goes.
import { BinaryWriter } from "@bufbuild/protobuf/wire";

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
export const requestInfoUrl = `${prefix}RequestInfo`;

/** The tag of a length-delimited field. */
export const bytesTag = (field: number) => (field << 3) | 2;
export const varintTag = (field: number) => field << 3;

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

export function encodeRequestInfo(requestId: string): Detail {
  const value = writeStrings(new BinaryWriter(), [requestId]).finish();
  return { typeUrl: requestInfoUrl, value };
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
