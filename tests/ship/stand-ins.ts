/** Programs of a test's own where docker, kubectl, kind and git would be: the outermost edge. */
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Ended, tradepost } from "../e2e/terminal.ts";

/** By how a command begins: what it prints, and with which code it ends. */
type Script = Readonly<Record<string, { readonly out?: string; readonly code?: number }>>;

export interface StandIns {
  /** For what the command writes. */
  readonly dir: string;
  /** `tradepost …` with nothing else to be found than these. */
  tradepost(args: readonly string[], script?: Script): Promise<Ended & { calls: string[][] }>;
  remove(): Promise<void>;
}

/** Writes down how it was called, and does as the longest fitting line of its script says. */
const PROGRAM = (name: string, dir: string) => `#!${process.execPath}
const { appendFileSync, readFileSync } = require("node:fs");
const call = [${JSON.stringify(name)}, ...process.argv.slice(2)];
appendFileSync(${JSON.stringify(join(dir, "calls"))}, JSON.stringify(call) + "\\n");
const script = JSON.parse(readFileSync(${JSON.stringify(join(dir, "script"))}, "utf8"));
const fitting = Object.keys(script).filter((line) => call.join(" ").includes(line));
const { out = "", code = 0 } = script[fitting.sort((a, b) => b.length - a.length)[0]] ?? {};
process.stdout.write(out);
process.exitCode = code;
`;

/** Services as kubectl shows them: name and port. */
export function servicesJson(ports: Readonly<Record<string, number>>): string {
  const items = Object.entries(ports).map(([name, port]) => ({
    metadata: { name },
    spec: { ports: [{ port }] },
  }));
  return JSON.stringify({ items });
}

export async function standIns(...names: string[]): Promise<StandIns> {
  const dir = await mkdtemp(join(tmpdir(), "tradepost-stand-ins-"));
  const bin = join(dir, "bin");
  await mkdir(bin);
  for (const name of names) {
    await writeFile(join(bin, name), PROGRAM(name, dir));
    await chmod(join(bin, name), 0o755);
  }
  return {
    dir,
    async tradepost(args, script = {}) {
      await writeFile(join(dir, "calls"), "");
      await writeFile(join(dir, "script"), JSON.stringify(script));
      const ended = await tradepost(args, { PATH: bin, TRADEPOST_DIR: dir });
      const calls = await readFile(join(dir, "calls"), "utf8");
      const lines = calls.split("\n").filter(Boolean);
      return { ...ended, calls: lines.map((line) => JSON.parse(line) as string[]) };
    },
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}
