import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { before, describe, it } from "mocha";
import { goTool } from "../../tools/go-tool.ts";
import { terraformFolder } from "./configuration.ts";
import { hclfmt, TOOL_TIMEOUT_MS } from "./tools.ts";

const run = promisify(execFile);

describe("the files of infra/terraform", function () {
  this.timeout(TOOL_TIMEOUT_MS);
  let files: readonly string[];
  let program: string;

  before(async () => {
    program = await goTool(hclfmt);
    const entries = await readdir(terraformFolder, { withFileTypes: true, recursive: true });
    files = entries
      .filter(({ name }) => /\.(tf|hcl|tfvars\.example)$/.test(name))
      .map(({ parentPath, name }) => join(parentPath, name));
  });

  it("are formatted as terraform fmt formats them", async () => {
    assert.notEqual(files.length, 0);
    for (const file of files) {
      const { stdout } = await run(program, [file]);
      assert.equal(await readFile(file, "utf8"), stdout, relative(terraformFolder, file));
    }
  });

  it("have 200 lines at most", async () => {
    for (const file of files) {
      const lines = (await readFile(file, "utf8")).split("\n").length - 1;
      assert.ok(lines <= 200, `${relative(terraformFolder, file)} has ${lines}`);
    }
  });
});
