// Programs that come from PyPI, with each package that they stand on at one version.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { cacheFolder } from "./cache-folder.ts";
import { ToolUnavailable } from "./go-tool.ts";
import { fingerprintOf, madeOnce } from "./made-once.ts";

const run = promisify(execFile);

export interface PythonTool {
  /** What PyPI and the program call it. */
  readonly name: string;
  /** A file that names every package as `name==version`, and none besides is installed. */
  readonly requirements: string;
}

/**
 * A folder with the program in `bin/`, for a `python3` whose PYTHONPATH it is. The first time it is installed, which
 * takes seconds.
 */
export async function pythonTool({ name, requirements }: PythonTool): Promise<string> {
  const folder = join(cacheFolder(), "tools", `${name}-${await fingerprintOf(requirements)}`);
  await madeOnce(folder, (draft) =>
    install(name, ["--no-deps", "--target", draft, "--requirement", requirements]),
  );
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
