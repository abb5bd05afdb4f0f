/** Code that is generated for a contract of a test's, and loaded. */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { DescMessage } from "@bufbuild/protobuf";
import type { Writers } from "../answer/reader.ts";
import { generateWriters } from "../wire/generate.ts";
import { aFolder } from "./contract.ts";

export async function loadWriters(messages: readonly DescMessage[]): Promise<Writers> {
  const folder = aFolder();
  try {
    const file = join(folder, "writers.ts");
    writeFileSync(file, generateWriters(messages, "../../../gateway/wire"));
    const loaded = (await import(pathToFileURL(file).href)) as { readonly writers: Writers };
    return loaded.writers;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
