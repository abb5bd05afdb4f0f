import { readFile } from "node:fs/promises";

/** Undefined for a file that is missing or was not written to its end. */
export async function readJson<T>(file: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as T;
  } catch {
    return undefined;
  }
}
