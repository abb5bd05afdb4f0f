import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type ImportDeclaration, type Program, parse } from "acorn";
import { describe, it } from "mocha";
import { catalogue } from "../../load-tests/run/catalogue.ts";
import { scripts } from "../../load-tests/run/scripts.ts";

const FOLDER = "load-tests/k6";
/** What makes the options: each puts the floors into `thresholds`. */
const SHAPES = { "./lib/shape.js": ["steady", "waves", "common"], "./lib/levels.js": ["shape"] };
/** Only they ask the mesh, and only through `expect` does an answer count as right. */
const ASKING = ["people.js", "rest.js", "services.js"];

const all = await scripts();
const parsed = new Map<string, Program>();
for (const { name } of all) {
  parsed.set(name, await read(`${name}.js`));
}

async function read(file: string): Promise<Program> {
  const text = await readFile(join(FOLDER, file), "utf8");
  return parse(text, { ecmaVersion: "latest", sourceType: "module" });
}

describe("the k6 scripts", () => {
  it("are those that the plan has", () => {
    const planned = ["browse", "checkout", "failover", "grpc", "load-test", "scale", "smoke"];
    const names = all.map(({ name }) => name);
    assert.deepEqual(names, [...planned, "soak", "spike", "stress"]);
  });

  for (const { name, about } of all) {
    it(`stand on the shared library, with thresholds and a summary: ${name}`, () => {
      const { body } = parsed.get(name) as Program;
      assert.match(about, /^[A-Z].*\.$/);
      const sources = importsOf(body).map(({ source }) => String(source.value));
      assert.deepEqual(
        sources.filter(
          (source) => source !== "k6/execution" && !/^\.\/lib\/[a-z-]+\.js$/.test(source),
        ),
        [],
      );
      const shaped = Object.entries(SHAPES).flatMap(([from, names]) =>
        namesFrom(body, from).filter((one) => names.includes(one)),
      );
      const exported = exportsOf(body);
      assert.ok(shaped.some((one) => JSON.stringify(exported.get("options")).includes(`"${one}"`)));
      const summary = JSON.stringify(exported.get("handleSummary"));
      assert.ok(summary.includes('"reportOf"') && summary.includes(`"value":"${name}"`), summary);
      const turn = body.find(({ type }) => type === "ExportDefaultDeclaration");
      assert.ok(JSON.stringify(turn).includes('"name":"turn"'));
    });
  }

  it("ask the mesh in three files only", async () => {
    const files = (await readdir(join(FOLDER, "lib"))).sort();
    const asking: string[] = [];
    for (const file of files) {
      const { body } = await read(join("lib", file));
      if (importsOf(body).some(({ source }) => /^k6\/(http|net)/.test(String(source.value)))) {
        asking.push(file);
      }
    }
    assert.deepEqual(asking, ASKING);
  });

  it("fail at a p95 of 200 ms and at one wrong answer in a thousand", async () => {
    Object.assign(globalThis, { __ENV: {} });
    const { floors, grpcFloors, steady, waves } = await import(`../../${FOLDER}/lib/shape.js`);
    const failed = ["rate<0.001"];
    assert.deepEqual(floors, { failed, "http_req_duration{part:journey}": ["p(95)<200"] });
    assert.deepEqual(grpcFloors, { failed, "grpc_req_duration{part:journey}": ["p(95)<200"] });
    assert.equal(steady(1, "1s").thresholds, floors);
    assert.equal(waves([[1, "1s"]]).thresholds, floors);
  });

  it("hold answers against the demo data as it is", async () => {
    const kept = JSON.parse(await readFile(join(FOLDER, "catalogue.json"), "utf8"));
    const remedy = "node --import tsx load-tests/run/write-catalogue.ts, then npm run format";
    assert.deepEqual(kept, catalogue(), remedy);
  });

  it("are each on the page, with its command", async () => {
    const page = await readFile("docs/load.md", "utf8");
    const missing = all.filter(({ name }) => !page.includes(`npm run load -- ${name}`));
    assert.deepEqual(missing, []);
    assert.match(page, /^k6 run --vus 100 --duration 5m load-tests\/k6\/load-test\.js$/m);
  });
});

type Body = Program["body"];

function importsOf(body: Body): ImportDeclaration[] {
  return body.filter((one): one is ImportDeclaration => one.type === "ImportDeclaration");
}

function namesFrom(body: Body, from: string): string[] {
  const those = importsOf(body).filter(({ source }) => source.value === from);
  return those.flatMap(({ specifiers }) => specifiers.map(({ local }) => local.name));
}

/** What each exported name is said to be. */
function exportsOf(body: Body): Map<string, unknown> {
  const named = body.flatMap((one) => {
    const declared = one.type === "ExportNamedDeclaration" ? one.declaration : undefined;
    return declared?.type === "VariableDeclaration" ? declared.declarations : [];
  });
  return new Map(named.map(({ id, init }) => [id.type === "Identifier" ? id.name : "", init]));
}
