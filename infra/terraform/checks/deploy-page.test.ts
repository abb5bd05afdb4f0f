import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { before, describe, it } from "mocha";
import { root } from "../../dev/root.ts";
import { type Module, readModules } from "./configuration.ts";
import { TOOL_TIMEOUT_MS } from "./tools.ts";

const run = promisify(execFile);

// Most of these commands need an account; what can be known of them without one is asked here.
describe("docs/deploy.md on clouds and pull requests", function () {
  this.timeout(TOOL_TIMEOUT_MS);
  let commands: string;

  before(async () => {
    const page = await readFile(join(root, "docs/deploy.md"), "utf8");
    const own = page.slice(page.indexOf("\n## On AWS\n"));
    for (const title of ["On AWS", "On Google Cloud", "By pull request"]) {
      assert.ok(own.includes(`\n## ${title}\n`), title);
    }
    commands = [...own.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) => block).join("\n");
  });

  it("has commands that a shell can read", async () => {
    assert.match(commands, /terraform .* apply/);
    await run("bash", ["-n", "-c", commands]);
  });

  it("asks Terraform for outputs that there are", async () => {
    const modules = await readModules();
    const outputs = (path: string | undefined) =>
      modules.find((module: Module) => `infra/terraform/${module.path}` === path)?.outputs ?? {};
    const asked = [...commands.matchAll(/-chdir=(\S+) output -raw (\w+)/g)];
    assert.notEqual(asked.length, 0);
    for (const [, folder, name = ""] of asked) {
      assert.ok(name in outputs(folder), `${folder} has no output ${name}`);
    }
  });

  it("copies examples and runs scripts that are there", async () => {
    for (const [, file = ""] of commands.matchAll(/^cp (\S+)/gm)) {
      assert.ok(existsSync(join(root, file)), file);
    }
    const manifest = await readFile(join(root, "package.json"), "utf8");
    const { scripts } = JSON.parse(manifest) as { scripts: Readonly<Record<string, string>> };
    for (const [, script = ""] of commands.matchAll(/^npm run ([\w:-]+)/gm)) {
      assert.ok(script in scripts, script);
    }
  });

  it("makes a package that Lambda finds its handler in", async () => {
    const [command = "", zip = "", file = ""] =
      /^python3 -m zipfile -c (\S+) (\S+)$/m.exec(commands) ?? [];
    const folder = await mkdtemp(join(tmpdir(), "tradepost-package-"));
    try {
      const [program = "", ...args] = command.split(" ");
      await run(program, [...args.slice(0, 3), join(folder, zip), join(root, file)]);
      const { stdout } = await run(program, ["-m", "zipfile", "-l", join(folder, zip)]);
      assert.match(stdout, /^handler\.mjs /m);
      const { handle } = (await import(join(root, file))) as { handle?: unknown };
      assert.equal(typeof handle, "function");
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
