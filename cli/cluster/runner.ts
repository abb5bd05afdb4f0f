// Runs the programs that know clusters and images, in the repository's folder.
import { spawn } from "node:child_process";
import { constants } from "node:fs";
import { access, mkdir, writeFile } from "node:fs/promises";
import { delimiter, dirname, join, resolve } from "node:path";
import { root } from "../../infra/dev/root.ts";
import { CallFailed } from "../failure.ts";
import { WrongUse } from "../wrong-use.ts";
import type { Tool } from "./cluster.ts";
import { type Command, inShell, type Step } from "./step.ts";

/** Refuses before anything is done where one of them is not installed. */
export async function requireTools(tools: readonly Tool[]): Promise<void> {
  for (const { file, from } of tools) {
    if (!(await isInstalled(file))) {
      throw new WrongUse(`${file} is not installed: get it from ${from}`);
    }
  }
}

/** What it says goes to the terminal, beside what we say. Throws when it fails. */
export async function perform(step: Step): Promise<void> {
  if ("file" in step) {
    const file = resolve(root, step.file);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, step.text);
    return;
  }
  const { code } = await run(step.command, "inherit");
  if (code !== 0) {
    throw new CallFailed(`${inShell(step)} failed with exit code ${code}`);
  }
}

/** What it answers. Throws when it fails, with what it complained of. */
export async function ask(command: Command): Promise<string> {
  const { code, out, err } = await run(command, "pipe");
  if (code !== 0) {
    const said = err.trim() || `exit code ${code}`;
    throw new CallFailed(`${inShell({ title: "", command })} failed: ${said}`);
  }
  return out.trim();
}

async function run([file, ...args]: Command, output: "inherit" | "pipe") {
  // Standard output is for what we answer.
  const stdio =
    output === "inherit" ? (["inherit", 2, 2] as const) : (["ignore", "pipe", "pipe"] as const);
  const child = spawn(file, args, { cwd: root, stdio: [...stdio] });
  let out = "";
  let err = "";
  child.stdout?.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr?.on("data", (chunk) => {
    err += chunk;
  });
  const code = await new Promise<number | NodeJS.Signals | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exitCode, signal) => resolve(exitCode ?? signal));
  });
  return { code, out, err };
}

async function isInstalled(file: string): Promise<boolean> {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    const isHere = await access(join(folder, file), constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isHere) {
      return true;
    }
  }
  return false;
}
