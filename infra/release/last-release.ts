// The release before this one: main's last tag, or the commit before where nothing is tagged yet.
import { spawnSync } from "node:child_process";
import { root } from "../dev/root.ts";

export interface Release {
  /** `v1.4.0`, or a short commit. */
  readonly name: string;
  readonly commit: string;
}

/** Undefined: the history is not here, or this is its first commit. */
export function lastRelease(): Release | undefined {
  // What is tagged here is this release, not the one before.
  const before = commitOf("HEAD~1");
  if (before === undefined) {
    return undefined;
  }
  const tag = git("describe", "--tags", "--abbrev=0", before);
  return tag === undefined
    ? { name: before.slice(0, 7), commit: before }
    : { name: tag.trim(), commit: commitOf(tag.trim()) ?? before };
}

/** Any other, by a tag or a commit. */
export function releaseNamed(name: string): Release | undefined {
  const commit = commitOf(name);
  return commit === undefined ? undefined : { name, commit };
}

/** The files that it has under a folder. */
export function filesOf({ commit }: Release, folder: string): readonly string[] {
  const listed = git("ls-tree", "-r", "--name-only", commit, "--", folder) ?? "";
  return listed.split("\n").filter(Boolean);
}

/** A file as it was then; undefined: there was none. */
export function fileOf({ commit }: Release, path: string): string | undefined {
  return git("show", `${commit}:${path}`);
}

function commitOf(ref: string): string | undefined {
  return git("rev-parse", "--quiet", "--verify", `${ref}^{commit}`)?.trim();
}

function git(...args: string[]): string | undefined {
  const { status, stdout } = spawnSync("git", args, { cwd: root, encoding: "utf8" });
  return status === 0 ? stdout : undefined;
}
