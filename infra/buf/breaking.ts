/** `buf breaking` against main, where main has contracts to compare with. */
import { spawnSync } from "node:child_process";

const git = (...args: string[]) => spawnSync("git", args, { encoding: "utf8" });

const base = ["main", "origin/main"].find(
  (ref) => git("cat-file", "-e", `${ref}:proto`).status === 0,
);
if (base === undefined) {
  process.stdout.write("breaking: skipped, main has no proto to compare with\n");
} else {
  const commit = git("rev-parse", base).stdout.trim();
  const { status } = spawnSync(
    process.execPath,
    ["node_modules/@bufbuild/buf/bin/buf", "breaking", "--against", `.git#ref=${commit}`],
    { stdio: "inherit" },
  );
  process.exitCode = status ?? 1;
}
