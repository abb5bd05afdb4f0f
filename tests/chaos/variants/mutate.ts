import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Mutant } from "./mutant.ts";

/** Changes the files under `folder`; throws where a text does not stand exactly once. */
export async function mutate(folder: string, { name, edits }: Mutant): Promise<void> {
  for (const { file, find, replace } of edits) {
    const path = join(folder, file);
    const parts = (await readFile(path, "utf8")).split(find);
    if (parts.length !== 2) {
      throw new Error(`mutant ${name}: ${parts.length - 1} times in ${file}: ${find}`);
    }
    await writeFile(path, parts.join(replace));
  }
}
