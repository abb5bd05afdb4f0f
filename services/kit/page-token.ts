// Keyset pages: a token says after which row to go on, for one filter, and shows if it was made up.
import { createHash } from "node:crypto";
import { Fault, invalidField } from "./errors.ts";

/** The sort key of a page's last row; `id` last, so that the order is total. */
export type PageKey = readonly string[];

/** 4 bytes: against mistakes and curiosity. What a token opens is checked by SQL as ever. */
const checksumLength = 4;

const defaultSize = 20;
const maxSize = 100;

/** `pageSize` of a request: absent or 0 is 20. */
export function pageSizeOf(size: number | undefined): number {
  if (size === undefined || size === 0) {
    return defaultSize;
  }
  if (!Number.isInteger(size) || size < 1 || size > maxSize) {
    const message = "must be greater than or equal to 1 and less than or equal to 100";
    throw invalidField("pageSize", message, "int32.gte_lte");
  }
  return size;
}

/** `filter` is all of the request that decides which rows there are, in which order. */
export function pageToken(key: PageKey, filter: unknown): string {
  const body = Buffer.from(JSON.stringify(key));
  return Buffer.concat([checksum(body, filter), body]).toString("base64url");
}

/** Reads one part of a key; undefined: no list gives out such a part. */
export type ReadPart<Part> = (text: string) => Part | undefined;

/** Of `toISOString()`, in years that the database knows too. */
export function timePart(text: string): Date | undefined {
  const time = new Date(text);
  return /^\d{4}-/.test(text) && !Number.isNaN(+time) && time.toISOString() === text
    ? time
    : undefined;
}

/** Any text that the database takes. */
export function textPart(text: string): string | undefined {
  return text.includes("\0") ? undefined : text;
}

export function uuidPart(text: string): string | undefined {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text) ? text : undefined;
}

/** Digits that fit an int64. */
export function wholePart(text: string): string | undefined {
  return /^\d{1,18}$/.test(text) ? text : undefined;
}

/**
 * The key in a token, each part read; none for the first page. A forged token, or another
 * filter's, is refused.
 */
export function readPageToken<Parts extends readonly unknown[]>(
  token: string | undefined,
  filter: unknown,
  readers: { readonly [At in keyof Parts]: ReadPart<Parts[At]> },
): Parts | undefined {
  if (!token) {
    return undefined;
  }
  const bytes = Buffer.from(token, "base64url");
  const body = bytes.subarray(checksumLength);
  if (
    bytes.toString("base64url") !== token ||
    !checksum(body, filter).equals(bytes.subarray(0, checksumLength))
  ) {
    throw forged();
  }
  const key = parse(body);
  if (!Array.isArray(key) || key.length !== readers.length) {
    throw forged();
  }
  const parts = readers.map((read, at) => {
    const text: unknown = key[at];
    return typeof text === "string" ? read(text) : undefined;
  });
  if (parts.includes(undefined)) {
    throw forged();
  }
  return parts as unknown as Parts;
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

/**
 * One row more than the page is asked of the database: if it comes there is a next page.
 */
export function pageOf<Row>(
  rows: readonly Row[],
  size: number,
  filter: unknown,
  keyOf: (row: Row) => PageKey,
): { readonly rows: readonly Row[]; readonly nextPageToken: string | undefined } {
  const last = rows[size - 1];
  return rows.length > size && last !== undefined
    ? { rows: rows.slice(0, size), nextPageToken: pageToken(keyOf(last), filter) }
    : { rows, nextPageToken: undefined };
}

function checksum(body: Buffer, filter: unknown): Buffer {
  return createHash("sha256")
    .update("tradepost page token 1\n")
    .update(`${JSON.stringify(filter, withBigints) ?? ""}\n`)
    .update(body)
    .digest()
    .subarray(0, checksumLength);
}

function withBigints(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? `${value}n` : value;
}

function forged(): Fault {
  return new Fault("INVALID_PAGE_TOKEN", "the page token is not one of this list's");
}
