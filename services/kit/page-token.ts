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

/** The key in a token; none for the first page. A forged token, or another filter's, is refused. */
export function readPageToken(
  token: string | undefined,
  filter: unknown,
  length: number,
): PageKey | undefined {
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
  const key: unknown = JSON.parse(body.toString());
  if (
    !Array.isArray(key) ||
    key.length !== length ||
    key.some((part) => typeof part !== "string")
  ) {
    throw forged();
  }
  return key;
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
