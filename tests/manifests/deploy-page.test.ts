import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { after, before, describe, it } from "mocha";
import { root } from "../../infra/dev/root.ts";
import { goTool } from "../../infra/tools/go-tool.ts";
import { tradepost } from "../e2e/terminal.ts";
import { COMPOSE, KUSTOMIZE } from "./tools.ts";

const run = promisify(execFile);

describe("docs/deploy.md on Compose and Kubernetes", function () {
  this.timeout(900_000);
  let lines: readonly string[];
  let folder: string;
  before(async () => {
    const page = await readFile(join(root, "docs/deploy.md"), "utf8");
    const own = page.slice(0, page.indexOf("\n## On AWS\n"));
    const blocks = [...own.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = ""]) => block);
    lines = blocks.join("").trim().split("\n");
    folder = await mkdtemp(join(tmpdir(), "tradepost-deploy-"));
    for (const file of [".env.example", "docker-compose.yml"]) {
      await copyFile(join(root, file), join(folder, file));
    }
  });
  after(() => rm(folder, { recursive: true, force: true }));

  /** What can be run of a line without an engine or a cluster; undefined for a line of no known form. */
  async function tried(line: string): Promise<string | undefined> {
    const [program = "", ...args] = line.split(" ");
    switch (true) {
      case program === "cp" || program === "printf":
        await run("sh", ["-c", line], { cwd: folder });
        return "done";
      case line.startsWith("docker compose --profile "): {
        const [, profile = ""] = args.slice(1);
        const compose = await goTool(COMPOSE);
        const { PATH, HOME } = process.env;
        const config = ["--profile", profile, "config", "--quiet"];
        await run(compose, config, { cwd: folder, env: { PATH, HOME } });
        return "configured";
      }
      case line.startsWith("npx tradepost "): {
        const { code, out, err } = await tradepost([...args.slice(1), "--dry-run"]);
        assert.equal(code, 0, err);
        assert.match(out, /^# /);
        return "planned";
      }
      case line.startsWith("kubectl kustomize ") || /^kubectl apply .*--kustomize /.test(line): {
        const { stdout } = await run(
          await goTool(KUSTOMIZE),
          ["build", join(root, args.at(-1) ?? "")],
          {
            maxBuffer: 64 * 1024 * 1024,
          },
        );
        assert.match(stdout, /^kind: /m);
        return "built";
      }
      case /^kubectl label namespace \S+ tradepost\.dev\/(ingress|monitoring)=true$/.test(line):
        return "read";
      default:
        return undefined;
    }
  }

  it("has commands that do what the page says, as far as there is neither engine nor cluster", async () => {
    const outcomes: (string | undefined)[] = [];
    for (const line of lines) {
      outcomes.push(await tried(line));
    }
    const unknown = lines.filter((_, at) => outcomes[at] === undefined);
    assert.deepEqual(unknown, []);
    assert.deepEqual(
      ["done", "configured", "planned", "built", "read"].map(
        (outcome) => outcomes.filter((one) => one === outcome).length,
      ),
      [2, 3, 3, 3, 2],
    );
  });
});
