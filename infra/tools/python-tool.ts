// Programs that come from PyPI, with each package that they stand on at one version.
import { execFile } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { cacheFolder } from "./cache-folder.ts";
import { ToolUnavailable } from "./go-tool.ts";

const run = promisify(execFile);

export interface PythonTool {
  /** What PyPI and the program call it. */
  readonly name: string;
  /** A file that names every package as `name==version`, and none besides is installed. */
  readonly requirements: string;
}

/**
 * A folder with the program in `bin/`, for a `python3` whose PYTHONPATH it is. The first time it is installed, which
 * takes seconds; a second caller meanwhile installs its own, and both get the one that was ready first.
 */
export async function pythonTool({ name, requirements }: PythonTool): Promise<string> {
  const wanted = createHash("sha256")
    .update(await readFile(requirements))
    .digest("hex");
  const folder = join(cacheFolder(), "tools", `${name}-${wanted.slice(0, 12)}`);
  if (await isFolder(folder)) {
    return folder;
  }
  // Beside its place, so that the rename stays on one file system.
  const draft = `${folder}.${randomUUID()}`;
  await mkdir(draft, { recursive: true });
  try {
    await install(name, ["--no-deps", "--target", draft, "--requirement", requirements]);
    await rename(draft, folder).catch(async (error) => {
      if (!(await isFolder(folder))) {
        throw error;
      }
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return folder;
}

async function install(name: string, args: readonly string[]): Promise<void> {
  const quiet = ["--quiet", "--disable-pip-version-check", "--no-input"];
  try {
    await run("python3", ["-m", "pip", "install", ...quiet, ...args]);
  } catch (error) {
    throw new ToolUnavailable(`${name} is not there and ${whyNot(error)}`, { cause: error });
  }
}

function whyNot(error: unknown): string {
  const { code, stderr } = error as { code?: unknown; stderr?: string };
  if (code === "ENOENT") {
    return "Python is not installed: install Python 3.10 or later with pip";
  }
  const reason = stderr?.trim().split("\n").at(-1) || String(error);
  return `pip could not install it: let this machine reach PyPI once, or set PIP_INDEX_URL (${reason})`;
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}
