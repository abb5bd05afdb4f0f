/** Code that is generated for a contract of a test's, and loaded. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { DescMessage } from "@bufbuild/protobuf";
import type { Writers } from "../answer/reader.ts";
import { generateWriters } from "../wire/generate.ts";

export async function loadWriters(messages: readonly DescMessage[]): Promise<Writers> {
  mkdirSync("node_modules/.cache", { recursive: true });
  const folder = mkdtempSync(join("node_modules", ".cache", "writers-"));
  try {
    const file = join(folder, "writers.ts");
    writeFileSync(file, generateWriters(messages, "../../../gateway/wire"));
    const loaded = (await import(pathToFileURL(file).href)) as { readonly writers: Writers };
    return loaded.writers;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
