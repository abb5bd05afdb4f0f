import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { root } from "../../../infra/dev/root.ts";
import { putCrashPoints } from "./crash-points.ts";
import { copyHouse } from "./house-copy.ts";
import { instrument } from "./instrument.ts";
import { MUTANTS } from "./mutants.ts";
import { mutate } from "./mutate.ts";

describe("a changed copy of the house", function () {
  this.timeout(60_000);
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "tradepost-variants-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it("can be made of each of twelve mutants: what they change is still in the code", async () => {
    assert.equal(MUTANTS.length, 12);
    for (const { name, edits } of MUTANTS) {
      for (const { file, find } of edits) {
        const parts = (await readFile(join(root, file), "utf8")).split(find);
        assert.equal(parts.length, 2, `${name}: ${find}`);
      }
    }
  });

  it("is changed, and refused where a text is not there", async () => {
    const copy = join(folder, "mutant");
    await copyHouse(copy);
    const file = "package.json";
    await mutate(copy, {
      name: "m",
      what: "",
      edits: [{ file, find: '"name": "tradepost"', replace: '"name": "m"' }],
    });
    assert.match(await readFile(join(copy, file), "utf8"), /"name": "m"/);
    const gone = { name: "m", what: "", edits: [{ file, find: "nowhere", replace: "" }] };
    await assert.rejects(mutate(copy, gone), /mutant m: 0 times in package.json: nowhere/);
  });

  it("has a crash point around each await, 25 or more, and none of them is shipped", async () => {
    const copy = join(folder, "points");
    await copyHouse(copy);
    const points = await putCrashPoints(copy);
    assert.ok(points.length >= 25, `${points.length}`);
    assert.equal(new Set(points).size, points.length);
    const file = "dist/services/order/checkout.js";
    assert.match(await readFile(join(copy, file), "utf8"), /crashPoint\(/);
    assert.doesNotMatch(await readFile(join(root, file), "utf8"), /crashPoint/);
  });
});

describe("an instrumented file", () => {
  const passed: string[] = [];

  async function run(code: string): Promise<unknown> {
    Object.assign(globalThis, {
      passed: (point: string) => passed.push(point),
    });
    const hook = `data:text/javascript,${encodeURIComponent(
      "export async function crashPoint(point, begin) { passed(point); return await begin(); }",
    )}`;
    const { code: changed } = instrument(code, "x.js", hook);
    passed.length = 0;
    const module = await import(`data:text/javascript,${encodeURIComponent(changed)}`);
    return module.default();
  }

  it("does what it did, and comes by each await", async () => {
    const value = await run(`
      const one = async (n) => n;
      const add = async (a, b) => (await a) + (await b);
      export default async function sum() {
        const doubled = await add(await one(1), await (await one(async () => 2))());
        return (await one(false)) || doubled;
      }`);
    assert.equal(value, 3);
    assert.deepEqual(
      passed.map((point) => point.replace("x.js ", "")),
      ["sum #1", "sum #2", "sum #3", "sum #4", "add #1", "add #2", "sum #5"],
    );
  });
});
