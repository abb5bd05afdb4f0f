import { spawn } from "node:child_process";
import { join } from "node:path";
import { root } from "../../infra/dev/root.ts";

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** `tradepost …` as it is built, in a process of its own. */
export function tradepost(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return run("cli/main.js", args, env);
}

/** A program under `dist/`, in a process of its own, without a terminal. */
export async function run(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Ended> {
  const { NODE_OPTIONS: _, TRADEPOST_TOKEN: __, ...own } = process.env;
  const child = spawn(process.execPath, [join(root, "dist", program), ...args], {
    env: { ...own, ...env },
  });
  let out = "";
  let err = "";
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, out, err };
}
