import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { goModule, goTool } from "../../infra/tools/go-tool.ts";
import { flinkDefinitions } from "./flink.ts";
import { nameOf, rendered, stacks } from "./render.ts";
import { strimziDefinitions } from "./strimzi.ts";
import { DEFINITIONS, KUBECTL_VALIDATE } from "./tools.ts";

describe("kubectl-validate", function () {
  // The first time it is compiled.
  this.timeout(900_000);
  let validate: string;
  let definitions: string;
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "tradepost-schemas-"));
    validate = await goTool(KUBECTL_VALIDATE);
    const folders = [await strimziDefinitions(), await flinkDefinitions()];
    for (const { folder: inner, ...module } of DEFINITIONS) {
      folders.push(join(await goModule(module), inner));
    }
    definitions = folders.join(",");
  });
  after(() => rm(folder, { recursive: true, force: true }));

  /** What it says of these files, and whether it accepts all. */
  function judge(files: readonly string[]): Promise<{ accepted: boolean; said: string }> {
    const args = ["--version", "1.30", "--local-crds", definitions, ...files];
    return new Promise((resolve) => {
      execFile(validate, args, { maxBuffer: 64 * 1024 * 1024 }, (error, out, err) =>
        resolve({ accepted: !error, said: `${out}${err}` }),
      );
    });
  }

  it("accepts every object of every overlay and component, custom ones by their operator's schema", async () => {
    const files: string[] = [];
    for (const stack of await stacks()) {
      const file = join(folder, `${nameOf(stack)}.yaml`);
      await writeFile(file, await rendered(stack));
      files.push(file);
    }
    const { accepted, said } = await judge(files);
    assert.ok(accepted, said);
    assert.equal(said.match(/OK/g)?.length, files.length, said);
  });

  it("knows every kind that is there: a field that none has is refused in each", async () => {
    const text = (await Promise.all((await stacks()).map(rendered))).join("\n---\n");
    const kinds = new Map(
      text
        .split(/^---$/m)
        .filter((one) => one.trim() !== "")
        .map((one): [string, string] => [/^kind: (\w+)$/m.exec(one)?.[1] ?? "", one]),
    );
    assert.ok(kinds.size > 25, [...kinds.keys()].join());
    const files = [...kinds].map(([kind, one]) => {
      const file = join(folder, `wrong-${kind}.yaml`);
      return [file, writeFile(file, `${one.trimEnd()}\nnobodysField: 1\n`)] as const;
    });
    await Promise.all(files.map(([, written]) => written));
    const { said } = await judge(files.map(([file]) => file));
    assert.doesNotMatch(said, /OK/);
    assert.equal(said.match(/nobodysField: Invalid value/g)?.length, kinds.size, said);
  });
});
