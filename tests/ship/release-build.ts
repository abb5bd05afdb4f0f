/** Another release of this repository, built in a folder of its own. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { root } from "../../infra/dev/root.ts";
import { fileOf, type Release } from "../../infra/release/last-release.ts";

/** An archive, not a worktree: a run that is killed leaves nothing in .git. */
export async function buildRelease(release: Release, dir: string): Promise<void> {
  await unpack(release, dir);
  const packages = await readFile(join(root, "package-lock.json"), "utf8");
  if (fileOf(release, "package-lock.json") === packages) {
    await symlink(join(root, "node_modules"), join(dir, "node_modules"), "dir");
  } else {
    await run(dir, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund");
  }
  await run(dir, "npm", "run", "--silent", "build");
}

async function unpack({ commit }: Release, dir: string): Promise<void> {
  const git = spawn("git", ["archive", "--format=tar", commit], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const tar = spawn("tar", ["-x", "-C", dir], { stdio: ["pipe", "inherit", "inherit"] });
  const ended = once(tar, "exit");
  await pipeline(git.stdout, tar.stdin);
  const [code] = await ended;
  if (code !== 0) {
    throw new Error(`the files of ${commit} could not be unpacked`);
  }
}

async function run(cwd: string, file: string, ...args: string[]): Promise<void> {
  const child = spawn(file, args, { cwd, stdio: ["ignore", "inherit", "inherit"] });
  const [code] = await once(child, "exit");
  if (code !== 0) {
    throw new Error(`${file} ${args.join(" ")} failed in the last release: exit code ${code}`);
  }
}
