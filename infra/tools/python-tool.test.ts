import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { ToolUnavailable } from "./go-tool.ts";
import { pythonTool } from "./python-tool.ts";

describe("a tool from PyPI", function () {
  this.timeout(60_000);
  const { PATH, PIP_INDEX_URL, TRADEPOST_CACHE } = process.env;
  let cache: string;
  let requirements: string;

  beforeEach(async () => {
    cache = await mkdtemp(join(tmpdir(), "tradepost-tools-"));
    requirements = join(cache, "requirements.txt");
    await writeFile(requirements, "jsonpointer==3.12\n");
    process.env.TRADEPOST_CACHE = cache;
  });

  afterEach(async () => {
    for (const [name, value] of Object.entries({ PATH, PIP_INDEX_URL, TRADEPOST_CACHE })) {
      if (value === undefined) {
        delete process.env[name];
      } else {
        process.env[name] = value;
      }
    }
    await rm(cache, { recursive: true, force: true });
  });

  it("is there once for two who ask at the same time, and is not installed again", async () => {
    const tool = { name: "jsonpointer", requirements };
    const [one, other] = await Promise.all([pythonTool(tool), pythonTool(tool)]);
    assert.equal(other, one);
    assert.equal((await readdir(join(cache, "tools"))).length, 1);
    assert.ok((await readdir(one)).includes("jsonpointer.py"));
    process.env.PATH = cache;
    assert.equal(await pythonTool(tool), one);
  });

  it("says that Python is missing, and leaves nothing behind", async () => {
    process.env.PATH = cache;
    await assert.rejects(
      pythonTool({ name: "cfn-lint", requirements }),
      new ToolUnavailable(
        "cfn-lint is not there and Python is not installed: install Python 3.10 or later with pip",
      ),
    );
    assert.deepEqual(await readdir(join(cache, "tools")), []);
  });

  it("says that PyPI does not have it", async () => {
    await writeFile(requirements, "jsonpointer==0.0.0.1\n");
    await assert.rejects(
      pythonTool({ name: "cfn-lint", requirements }),
      /pip could not install it/,
    );
    assert.deepEqual(await readdir(join(cache, "tools")), []);
  });
});
