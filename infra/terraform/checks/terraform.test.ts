import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { after, before, describe, it } from "mocha";
import { blocks, readModules, terraformFolder } from "./configuration.ts";
import { installed, type Provider, quiet } from "./installed.ts";
import { TOOL_TIMEOUT_MS } from "./tools.ts";

const run = promisify(execFile);

for (const cloud of ["aws", "gcp"]) {
  describe(`terraform on infra/terraform/${cloud}`, function () {
    this.timeout(TOOL_TIMEOUT_MS);
    let folder: string | undefined;
    // In a copy, so that neither a lock file nor the providers end up in the tree.
    const terraform = (...args: readonly string[]) =>
      run("terraform", [`-chdir=${join(String(folder), cloud)}`, ...args], {
        env: quiet(),
        maxBuffer: 64 * 1024 * 1024,
      }).catch((error: { stdout: string; stderr: string }) => {
        throw new Error(`terraform ${args[0]}:\n${error.stdout}${error.stderr}`);
      });

    before(async function () {
      const here = await installed(await providerOf(cloud));
      if ("why" in here) {
        this.test?.parent?.tests.forEach((test) => {
          test.title += ` (skipped: ${here.why})`;
        });
        this.skip();
      }
      folder = await mkdtemp(join(tmpdir(), "tradepost-terraform-"));
      await cp(terraformFolder, folder, { recursive: true });
      const plugins = `-plugin-dir=${here.pluginFolder}`;
      await terraform("init", "-backend=false", "-input=false", "-no-color", plugins);
    });

    after(async () => {
      if (folder !== undefined) {
        await rm(folder, { recursive: true, force: true });
      }
    });

    it("finds nothing to format", async () => {
      const { stdout } = await terraform("fmt", "-check", "-recursive", "..");
      assert.equal(stdout, "");
    });

    it("finds it valid", async () => {
      await terraform("validate", "-no-color");
    });

    it("passes its tests", async () => {
      const { stdout } = await terraform("test", "-no-color");
      assert.match(stdout, /^Success! [1-9]\d* passed, 0 failed\.$/m);
    });
  });
}

async function providerOf(cloud: string): Promise<Provider> {
  const modules = await readModules();
  const settings = modules.find(({ path }) => path === cloud)?.settings;
  const [provider] = blocks(settings?.required_providers).flatMap(Object.values);
  return provider as Provider;
}
