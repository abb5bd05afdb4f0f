import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, it } from "mocha";
import { hcl2json, TOOL_TIMEOUT_MS } from "../terraform/checks/tools.ts";
import { goModule, goTool, ToolUnavailable } from "./go-tool.ts";

const run = promisify(execFile);

describe("a tool from the Go module proxy", function () {
  this.timeout(TOOL_TIMEOUT_MS);
  const { PATH, GOPROXY, TRADEPOST_CACHE } = process.env;
  let cache: string;

  beforeEach(async () => {
    cache = await mkdtemp(join(tmpdir(), "tradepost-tools-"));
    process.env.TRADEPOST_CACHE = cache;
  });

  afterEach(async () => {
    for (const [name, value] of Object.entries({ PATH, GOPROXY, TRADEPOST_CACHE })) {
      if (value === undefined) {
        delete process.env[name];
      } else {
        process.env[name] = value;
      }
    }
    await rm(cache, { recursive: true, force: true });
  });

  it("is there once, whole, for two who ask at the same time", async () => {
    const [one, other] = await Promise.all([goTool(hcl2json), goTool(hcl2json)]);
    assert.equal(one, join(cache, "tools", `hcl2json-${hcl2json.version}`, "hcl2json"));
    assert.equal(other, one);
    assert.deepEqual(await readdir(join(cache, "tools")), [`hcl2json-${hcl2json.version}`]);
    const { stdout } = await run(one, ["-version"]);
    assert.match(stdout, /\d/);
  });

  it("is not made again when it is there", async () => {
    const { mtimeMs } = await stat(await goTool(hcl2json));
    process.env.PATH = cache;
    assert.equal((await stat(await goTool(hcl2json))).mtimeMs, mtimeMs);
  });

  it("says that Go is missing, and leaves nothing behind", async () => {
    process.env.PATH = cache;
    await assert.rejects(
      goTool(hcl2json),
      new ToolUnavailable(
        `hcl2json ${hcl2json.version} is not there and Go is not installed: install Go 1.24 or later`,
      ),
    );
    assert.deepEqual(await readdir(join(cache, "tools")), []);
  });

  it("says that the proxy is not reached", async () => {
    const unknown = { name: "none", module: "tradepost.invalid/none", version: "v1.0.0" };
    process.env.GOPROXY = "off";
    const reason = /none v1\.0\.0 is not there and Go's module proxy is not reached: .*GOPROXY/;
    await assert.rejects(goTool(unknown), reason);
    await assert.rejects(goModule(unknown), /Go's module proxy is not reached/);
  });

  it("is refused under a name that it does not have", async () => {
    await assert.rejects(goTool({ ...hcl2json, name: "hcl" }), /has no program hcl$/);
    assert.deepEqual(await readdir(join(cache, "tools")), []);
  });

  it("may be files only: the folder of a module, as its author left it", async () => {
    const folder = await goModule(hcl2json);
    assert.ok((await readdir(folder)).includes("go.mod"), dirname(folder));
  });
});
