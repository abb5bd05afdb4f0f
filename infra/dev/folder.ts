import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";

/** What a fresh start keeps: the claim on the folder, which is held while this runs. */
const KEPT = "claim.json";

/** Deletes what earlier runs left. */
export async function emptyFolder(dir: string): Promise<void> {
  const names = (await readdir(dir)).filter((name) => name !== KEPT);
  await Promise.all(names.map((name) => rm(join(dir, name), { recursive: true, force: true })));
}

/** A folder for logs. Those of the run before are kept once more, so that it does not grow. */
export async function openLogs(dir: string): Promise<(name: string) => string> {
  const logs = join(dir, "logs");
  await mkdir(logs, { recursive: true });
  const names = (await readdir(logs)).filter((name) => /^[a-z0-9-]+\.log$/.test(name));
  await Promise.all(
    names.map((name) => rename(join(logs, name), join(logs, name.replace(".log", ".1.log")))),
  );
  return (name) => join(logs, `${name}.log`);
}
