// One folder has one owner at a time. The claim also names the processes that the owner started for
// it, so that those left behind by a killed owner are ended, and no others ever are.
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readJson } from "./json-file.ts";
import { endProcess, identify, isRunning, type ProcessIdentity } from "./process-identity.ts";

interface Note {
  readonly owner: ProcessIdentity;
  readonly since: string;
  readonly children: Record<string, ProcessIdentity>;
}

export interface Claim {
  /** Names a process that works for the folder from now on. */
  child(name: string, pid: number): Promise<void>;
  release(): Promise<void>;
}

export class InUse extends Error {
  override readonly name = "InUse";
  readonly pid: number;
  readonly since: string;

  constructor(dir: string, { owner, since }: Note) {
    super(`${dir} is in use by process ${owner.pid} since ${since}`);
    this.pid = owner.pid;
    this.since = since;
  }
}

export async function claim(dir: string): Promise<Claim> {
  const file = join(dir, "claim.json");
  await mkdir(dir, { recursive: true });
  const owner = await identify(process.pid);
  if (!owner) {
    throw new Error("cannot tell when this process started");
  }
  const note: Note = { owner, since: new Date().toISOString(), children: {} };
  while (!(await create(file, note))) {
    await clear(file, dir);
  }
  let writing = Promise.resolve();
  return {
    child(name, pid) {
      writing = writing.then(async () => {
        const identity = await identify(pid);
        if (identity) {
          note.children[name] = identity;
          await writeFile(`${file}.new`, JSON.stringify(note), { mode: 0o600 });
          await rename(`${file}.new`, file);
        }
      });
      return writing;
    },
    async release() {
      await writing.catch(() => {});
      await rm(file, { force: true });
    },
  };
}

/** What a killed owner left running for the folder ends. */
export async function endLeftovers(dir: string): Promise<void> {
  await (await claim(dir)).release();
}

async function create(file: string, note: Note): Promise<boolean> {
  try {
    await writeFile(file, JSON.stringify(note), { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") {
      return false;
    }
    throw error;
  }
}

async function clear(file: string, dir: string): Promise<void> {
  const note = await readJson<Note>(file);
  if (note && (await isRunning(note.owner))) {
    throw new InUse(dir, note);
  }
  await Promise.all(Object.values(note?.children ?? {}).map((child) => endProcess(child)));
  await rm(file, { force: true });
}
