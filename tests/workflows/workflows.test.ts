import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { before, describe, it } from "mocha";
import { parse } from "yaml";
import { root } from "../../infra/dev/root.ts";
import { goTool } from "../../infra/tools/go-tool.ts";
import { actionlint } from "./tools.ts";

const run = promisify(execFile);
const folder = join(root, ".github/workflows");

type Rights = Readonly<Record<string, string>>;

interface Workflow {
  readonly name: string;
  readonly permissions?: Rights;
  readonly concurrency?: { readonly group: string };
  readonly jobs: Readonly<Record<string, Job>>;
}

interface Job {
  readonly uses?: string;
  readonly permissions?: Rights;
  readonly "timeout-minutes"?: number;
  readonly steps?: readonly Step[];
}

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

describe("the workflows of GitHub", () => {
  let files: readonly string[];
  let texts: ReadonlyMap<string, string>;
  let workflows: ReadonlyMap<string, Workflow>;
  const jobs = () =>
    [...workflows].flatMap(([file, { jobs }]) =>
      Object.entries(jobs).map(([name, job]) => ({ where: `${file}: ${name}`, job })),
    );
  const steps = () =>
    jobs().flatMap(({ where, job }) => (job.steps ?? []).map((step) => ({ where, step })));

  before(async () => {
    files = (await readdir(folder)).sort();
    texts = new Map(
      await Promise.all(
        files.map(async (file) => [file, await readFile(join(folder, file), "utf8")] as const),
      ),
    );
    workflows = new Map([...texts].map(([file, text]) => [file, parse(text) as Workflow]));
    assert.deepEqual(files, ["deploy.yml", "gate.yml", "image.yml"]);
  });

  it("are what GitHub takes, says actionlint", async function () {
    this.timeout(300_000);
    const program = await goTool(actionlint);
    // Its own checks only: shellcheck and pyflakes may or may not be there.
    const flags = ["-shellcheck=", "-pyflakes=", "-no-color"];
    await run(program, [...flags, ...files.map((file) => join(folder, file))]).catch((error) => {
      throw new Error(error.stdout || error.message);
    });
  });

  it("have no rights but those that each job names, and end some time", () => {
    for (const [file, { permissions, concurrency }] of workflows) {
      assert.deepEqual(permissions, {}, file);
      assert.ok(concurrency?.group, file);
    }
    for (const { where, job } of jobs()) {
      assert.ok(job.permissions && Object.keys(job.permissions).length > 0, where);
      if (job.uses === undefined) {
        assert.ok(Number(job["timeout-minutes"]) > 0, where);
      }
    }
  });

  it("hand the right to write to nobody but those that publish", () => {
    const writing = jobs().filter(({ job }) =>
      Object.values(job.permissions ?? {}).includes("write"),
    );
    assert.deepEqual(
      writing.map(({ where }) => where),
      ["deploy.yml: propose", "image.yml: image", "image.yml: deploy"],
    );
    for (const { where, step } of steps()) {
      if (step.uses?.startsWith("actions/checkout@") && where !== "deploy.yml: propose") {
        assert.equal(step.with?.["persist-credentials"], false, where);
      }
    }
  });

  it("run actions as they were at one commit, and say of which version it is", () => {
    const lines = [...texts.values()].flatMap((text) => text.match(/uses: .*/g) ?? []);
    const pins = new Map<string, string>();
    for (const line of lines.filter((one) => !one.startsWith("uses: ./"))) {
      const pin = /^uses: ([\w-]+\/[\w-]+)@([0-9a-f]{40}) # v\d+\.\d+\.\d+$/.exec(line);
      assert.ok(pin, line);
      const [, action = "", commit = ""] = pin;
      assert.equal(pins.get(action) ?? commit, commit, `${action} at two commits`);
      pins.set(action, commit);
    }
    assert.notEqual(pins.size, 0);
  });

  it("run scripts and use files that are there", async () => {
    const manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as {
      scripts: Readonly<Record<string, string>>;
    };
    for (const { where, step } of steps()) {
      for (const [, script = ""] of step.run?.matchAll(/npm run (?:--silent )?([\w:-]+)/g) ?? []) {
        assert.ok(script in manifest.scripts, `${where}: npm run ${script}`);
      }
      const paths = [step.with?.file, ...(step.run?.match(/(?<=bash )\S+/g) ?? [])];
      for (const path of paths.filter((one) => typeof one === "string")) {
        assert.ok(existsSync(join(root, path)), `${where}: ${path}`);
      }
    }
    const called = jobs().flatMap(({ job }) => (job.uses ? [job.uses] : []));
    assert.ok(
      called.every((path) => existsSync(join(root, path))),
      String(called),
    );
  });

  it("run Node, Java, Go and Terraform as this project wants them", async () => {
    const asked = (input: string) =>
      new Set(
        steps().flatMap(({ step }) => (step.with?.[input] ? [String(step.with[input])] : [])),
      );
    const dockerfile = await readFile(join(root, "infra/docker/Dockerfile"), "utf8");
    assert.deepEqual([...asked("node-version")], [/^FROM node:([\d.]+)/m.exec(dockerfile)?.[1]]);
    assert.deepEqual([...asked("java-version")], ["17"]);
    const versions = await readFile(join(root, "infra/terraform/aws/versions.tf"), "utf8");
    const [, line] = /required_version = "~> (\d+\.\d+)"/.exec(versions) ?? [];
    const [terraform = ""] = asked("terraform_version");
    assert.ok(terraform.startsWith(`${line}.`), `Terraform ${terraform} is none of ${line}`);
  });
});
