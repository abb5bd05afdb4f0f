// What a backup says, inside its gzip: chunks of a u32 length and so many bytes. A section is a
// chunk of JSON, its head; then, for a table, chunks of its rows as COPY's text format has them;
// then a chunk of no bytes. The manifest is the last section.
import type { ServiceName } from "../dev/services.ts";
import { Refusal } from "./refusal.ts";

/** Of which table the section's rows are. */
export interface TableHead {
  readonly database: ServiceName;
  /** `public.orders` */
  readonly table: string;
  /** In the order of the rows' fields; columns that PostgreSQL computes are left out. */
  readonly columns: readonly string[];
}

export interface Manifest {
  /** The instant that all databases are of. */
  readonly time: string;
  /** The release that made it. */
  readonly version: string;
  /** How long writers were held back, in milliseconds. */
  readonly heldMs: number;
  readonly databases: Readonly<Record<ServiceName, DatabaseManifest>>;
}

export interface DatabaseManifest {
  /** Of the server. */
  readonly postgres: string;
  /** By folder, in the order in which they were applied: `{"kit": ["0001_kit", …], …}`. */
  readonly migrations: Readonly<Record<string, readonly string[]>>;
  /** Whether it has graphile-worker's tables too. */
  readonly jobs: boolean;
  /** The last value of each; null: never used. */
  readonly sequences: Readonly<Record<string, string | null>>;
  readonly rows: Readonly<Record<string, number>>;
}

/** Rows come one by one; few and large chunks compress and copy better. */
const CHUNK_BYTES = 64 << 10;
/** Far above PostgreSQL's largest row of ours. */
const MAX_CHUNK_BYTES = 1 << 30;

export async function* tableSection(
  head: TableHead,
  rows: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  yield chunk(Buffer.from(JSON.stringify(head)));
  let waiting: Buffer[] = [];
  let size = 0;
  for await (const some of rows) {
    waiting.push(some);
    size += some.length;
    if (size >= CHUNK_BYTES) {
      yield chunk(Buffer.concat(waiting));
      waiting = [];
      size = 0;
    }
  }
  if (size > 0) {
    yield chunk(Buffer.concat(waiting));
  }
  yield chunk(Buffer.alloc(0));
}

export function manifestSection(manifest: Manifest): Buffer {
  const head = Buffer.from(JSON.stringify({ manifest }));
  return Buffer.concat([chunk(head), chunk(Buffer.alloc(0))]);
}

function chunk(bytes: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(bytes.length);
  return Buffer.concat([head, bytes]);
}

/** Gives each table's rows to `take`, which must read them all, and answers the manifest. */
export async function readSections(
  source: AsyncIterable<Buffer>,
  take: (head: TableHead, rows: AsyncIterable<Buffer>) => Promise<void>,
): Promise<Manifest> {
  const chunks = readChunks(source);
  let manifest: Manifest | undefined;
  for (let head = await next(chunks); head !== undefined; head = await next(chunks)) {
    if (manifest) {
      throw new Refusal("the file goes on after its manifest");
    }
    const told = JSON.parse(head.toString()) as TableHead | { readonly manifest: Manifest };
    if ("manifest" in told) {
      manifest = told.manifest;
    }
    const rows = upToEnd(chunks);
    await ("manifest" in told ? drain(rows) : take(told, rows));
  }
  if (!manifest) {
    throw new Refusal("the file has no manifest");
  }
  return manifest;
}

async function* upToEnd(chunks: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  for (;;) {
    const some = await next(chunks);
    if (some === undefined) {
      throw new Refusal("the file ends within a table");
    }
    if (some.length === 0) {
      return;
    }
    yield some;
  }
}

async function drain(rows: AsyncIterable<Buffer>): Promise<void> {
  for await (const _ of rows) {
    throw new Refusal("the manifest has rows");
  }
}

async function next(chunks: AsyncIterator<Buffer>): Promise<Buffer | undefined> {
  const { done, value } = await chunks.next();
  return done ? undefined : value;
}

async function* readChunks(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const some of source) {
    rest = rest.length === 0 ? some : Buffer.concat([rest, some]);
    for (let length = lengthOf(rest); length !== undefined; length = lengthOf(rest)) {
      yield rest.subarray(4, 4 + length);
      rest = rest.subarray(4 + length);
    }
  }
  if (rest.length > 0) {
    throw new Refusal("the file ends within a chunk");
  }
}

/** undefined: it is not there as a whole yet. */
function lengthOf(bytes: Buffer): number | undefined {
  if (bytes.length < 4) {
    return undefined;
  }
  const length = bytes.readUInt32BE();
  if (length > MAX_CHUNK_BYTES) {
    throw new Refusal("the file has a chunk that is too long");
  }
  return bytes.length >= 4 + length ? length : undefined;
}
