// A backup as a file: whole under its name, or not there; for its owner's eyes only.
import { createWriteStream } from "node:fs";
import { open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { rowsIn } from "./copy.ts";
import { readFrames, writeFrames } from "./frames.ts";
import { Refusal } from "./refusal.ts";
import { type Manifest, readSections, type TableHead } from "./sections.ts";

/** Answers its size in bytes. */
export async function writeBackup(
  file: string,
  key: Buffer | undefined,
  sections: AsyncIterable<Buffer>,
): Promise<number> {
  const draft = `${file}.${process.pid}.new`;
  try {
    const output = createWriteStream(draft, { flags: "wx", mode: 0o600, flush: true });
    await pipeline(sections, createGzip(), (gzip) => writeFrames(gzip, key), output);
    await rename(draft, file);
    await syncFolder(dirname(file));
    return (await stat(file)).size;
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** So that the new name outlives a power cut too. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  await handle.sync().finally(() => handle.close());
}

/** The same file for as many passes as are made over it, whatever its name comes to mean. */
export interface BackupFile {
  /** One pass: gives each table's rows to `take`, and answers the manifest. */
  read(take: (head: TableHead, rows: AsyncIterable<Buffer>) => Promise<void>): Promise<Manifest>;
  /** One pass that changes nothing: throws unless the file is whole and says what it counts. */
  check(): Promise<Manifest>;
  close(): Promise<void>;
}

export async function openBackup(file: string, key: Buffer | undefined): Promise<BackupFile> {
  const handle = await open(file).catch((error: NodeJS.ErrnoException) => {
    throw new Refusal(`${file} cannot be read: ${error.code}`);
  });
  const read: BackupFile["read"] = (take) =>
    pipeline(readFrames(handle, key), createGunzip(), (unpacked: AsyncIterable<Buffer>) =>
      readSections(unpacked, take),
    );
  return {
    read,
    async check() {
      const counted = new Map<string, number>();
      const manifest = await read(async ({ database, table }, rows) => {
        counted.set(`${database} ${table}`, await count(rows));
      });
      const told = Object.entries(manifest.databases).flatMap(([database, { rows }]) =>
        Object.entries(rows).map(([table, count]) => [`${database} ${table}`, count] as const),
      );
      if (
        told.length !== counted.size ||
        told.some(([name, count]) => counted.get(name) !== count)
      ) {
        throw new Refusal("the file has other rows than its manifest says");
      }
      return manifest;
    },
    close: () => handle.close(),
  };
}

async function count(rows: AsyncIterable<Buffer>): Promise<number> {
  let all = 0;
  for await (const some of rows) {
    all += rowsIn(some);
  }
  return all;
}
