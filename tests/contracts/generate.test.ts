import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { after, describe, it } from "mocha";
import { root } from "../../infra/dev/root.ts";

describe("buf generate", function () {
  this.timeout(120_000);
  const folders: string[] = [];
  after(() => Promise.all(folders.map((dir) => rm(dir, { recursive: true, force: true }))));

  it("writes the same bytes each time, and those that are here", async () => {
    const first = await hashesOf(await generate());
    const second = await hashesOf(await generate());
    assert.ok(first.has("descriptors.ts") && first.has("openapi.json"));
    assert.deepEqual(second, first);
    assert.deepEqual(await hashesOf(join(root, "gen")), first);
  });

  async function generate(): Promise<string> {
    const dir = await mkdtemp(join(tmpdir(), "tradepost-gen-"));
    folders.push(dir);
    const buf = join(root, "node_modules/@bufbuild/buf/bin/buf");
    // Mocha's own --import is for mocha.
    const { NODE_OPTIONS: _, ...env } = process.env;
    const child = spawn(process.execPath, [buf, "generate", "-o", dir], {
      cwd: root,
      env,
      stdio: ["ignore", "inherit", "inherit"],
    });
    const code = await new Promise((resolve) => child.once("exit", resolve));
    assert.equal(code, 0);
    return join(dir, "gen");
  }
});

/** By path, in order. */
async function hashesOf(dir: string): Promise<Map<string, string>> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name)).sort();
  const hashes = new Map<string, string>();
  for (const path of paths) {
    const hash = createHash("sha256").update(await readFile(path));
    hashes.set(relative(dir, path), hash.digest("hex"));
  }
  return hashes;
}
