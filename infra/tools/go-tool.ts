// Programs and files that come from the Go module proxy, each at one version, which Go checks
// against its checksum database.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { cacheFolder } from "./cache-folder.ts";
import { isThere, madeOnce } from "./made-once.ts";

const run = promisify(execFile);

export interface GoModule {
  /** As `go install` and `go mod download` take it: `example.com/module`. */
  readonly module: string;
  /** With its v: `v1.2.3`. */
  readonly version: string;
}

export interface GoTool extends GoModule {
  /** What Go calls the program: mostly the last part of its path. */
  readonly name: string;
}

/** Names what is missing and what to do, in one sentence. */
export class ToolUnavailable extends Error {
  override readonly name = "ToolUnavailable";
}

/**
 * The program's file. The first time it is compiled, which takes seconds to minutes.
 */
export async function goTool(tool: GoTool): Promise<string> {
  const { name, module, version } = tool;
  const folder = join(cacheFolder(), "tools", `${name}-${version}`);
  const file = process.platform === "win32" ? `${name}.exe` : name;
  const program = join(folder, file);
  const make = async (draft: string) => {
    await go(tool, ["install", `${module}@${version}`], { GOBIN: draft });
    if (!(await isThere(join(draft, file)))) {
      throw new Error(`${module}@${version} has no program ${name}`);
    }
  };
  await madeOnce(folder, make, program);
  return program;
}

/** The folder with the module's files, in Go's own cache: to be read, never written. */
export async function goModule({ module, version }: GoModule): Promise<string> {
  const tool = { name: module, module, version };
  const output = await go(tool, ["mod", "download", "-json", `${module}@${version}`]);
  return (JSON.parse(output) as { Dir: string }).Dir;
}

async function go(
  { name, version }: GoTool,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<string> {
  try {
    const env = { ...process.env, ...environment };
    return (await run("go", args, { env, maxBuffer: 64 * 1024 * 1024 })).stdout;
  } catch (error) {
    throw new ToolUnavailable(`${name} ${version} is not there and ${whyNot(error)}`, {
      cause: error,
    });
  }
}

function whyNot(error: unknown): string {
  const { code, stdout, stderr } = error as { code?: unknown; stdout?: string; stderr?: string };
  if (code === "ENOENT") {
    return "Go is not installed: install Go 1.24 or later";
  }
  // `go mod download -json` says what went wrong in its answer.
  const said = /"Error": "(.*)"/.exec(stdout ?? "")?.[1] ?? stderr?.trim().split("\n").at(-1);
  const reason = said || String(error);
  return /dial |lookup |timeout|refused|unreachable|GOPROXY/.test(reason)
    ? `Go's module proxy is not reached: let this machine reach it once, or set GOPROXY (${reason})`
    : `Go could not build it: ${reason}`;
}
