/** google.api.HttpBody: a body that is not JSON, as it came. */
import { create, type DescMessage, type Message } from "@bufbuild/protobuf";
import type { Request } from "express";

export function isHttpBody(desc: DescMessage | undefined): desc is DescMessage {
  return desc?.typeName === "google.api.HttpBody";
}

export function rawBody(desc: DescMessage, data: Buffer, req: Request): Message {
  const contentType = req.headers["content-type"] ?? "application/octet-stream";
  return Object.assign(create(desc), { contentType, data });
}

/** What such a message holds. */
export interface HttpBody extends Message {
  readonly contentType: string;
  readonly data: Uint8Array;
}
