import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, stat } from "node:fs/promises";

/**
 * A folder that is there whole or not at all. Where it is not, `make` fills a draft of it; a second
 * caller meanwhile makes its own, and both get the one that was ready first.
 * @param folder tells by its name what is in it
 * @param proof what must be there; absent: the folder
 */
export async function madeOnce(
  folder: string,
  make: (draft: string) => Promise<void>,
  proof = folder,
): Promise<void> {
  if (await isThere(proof)) {
    return;
  }
  // Beside its place, so that the rename stays on one file system.
  const draft = `${folder}.${randomUUID()}`;
  await mkdir(draft, { recursive: true });
  try {
    await make(draft);
    await rename(draft, folder).catch(async (error) => {
      if (!(await isThere(proof))) {
        throw error;
      }
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

export async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

/** For a folder's name: changes with what is in the files. */
export async function fingerprintOf(...files: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const content of await Promise.all(files.map((file) => readFile(file)))) {
    hash.update(content);
  }
  return hash.digest("hex").slice(0, 12);
}
