// Each script of load-tests/k6, for seconds, on a mesh of its own; and that each check of them can fail.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { failover } from "../../load-tests/run/failover.ts";
import { findK6, type K6Result, runK6 } from "../../load-tests/run/k6.ts";
import { type OwnMesh, ownMesh } from "../../load-tests/run/meshes.ts";
import { scale } from "../../load-tests/run/scale.ts";
import { scripts } from "../../load-tests/run/scripts.ts";
import type { Summary } from "../../load-tests/run/summary.ts";
import { rowsOf } from "../e2e/rows.ts";
import { LIES } from "./lies.ts";
import { lieBefore } from "./lying-proxy.ts";

const SHORT = { SHORT: "1" };
const all = await scripts();

describe("load by k6", function () {
  this.timeout(600_000);
  let own: OwnMesh;
  let reportDir: string;
  const honest = new Map<string, Summary>();
  before(async () => {
    await findK6();
    reportDir = await mkdtemp(join(tmpdir(), "tradepost-load-report-"));
    own = await ownMesh();
  });
  after(async () => {
    await own?.stop();
    await rm(reportDir, { recursive: true, force: true });
  });

  function run(script: string, more: Record<string, string> = {}, options = {}) {
    const env = { ...SHORT, ...own.where, ...more };
    return runK6({ script, env, reportDir, silent: true, ...options });
  }

  for (const { name } of all.filter(({ needsOwnMesh }) => !needsOwnMesh)) {
    it(`finds every answer right: ${name}`, async () => {
      const result = await run(name);
      honest.set(name, allRight(result));
    });
  }

  it("runs by the command of the page, with other numbers", async () => {
    const result = await run("load-test", {}, { vus: 3, duration: "2s" });
    assert.equal(allRight(result).clients, 3);
  });

  for (const { script, about, lies, seen } of LIES) {
    it(`sees what is wrong with ${about}, and nothing else`, async () => {
      const liar = await lieBefore(own.mesh.gatewayUrl, lies);
      try {
        const { passed, summary, output } = await run(script, { BASE_URL: liar.url });
        assert.equal(passed, false);
        assert.deepEqual(failing(summary), [...seen].sort(), output);
      } finally {
        await liar.stop();
      }
    });
  }

  it("has no check that no lie can make fail", () => {
    const names = ["smoke", "soak"].flatMap((script) => honest.get(script)?.checks ?? []);
    const seen = new Set(LIES.flatMap((lies) => lies.seen));
    assert.deepEqual(
      names.map(({ name }) => name).filter((name) => !seen.has(name)),
      [],
    );
    const known = new Set(names.map(({ name }) => name));
    const others = all.flatMap(({ name }) =>
      name === "grpc" ? [] : (honest.get(name)?.checks ?? []),
    );
    assert.deepEqual(
      others.map(({ name }) => name).filter((name) => !known.has(name)),
      [],
    );
  });

  it("sees other prices when it asks the services themselves", async () => {
    const raise = (by: number) =>
      rowsOf(
        own.mesh,
        "product",
        `update products set price_amount = price_amount + ${by}, version = version + 1`,
      );
    await raise(1);
    try {
      const { passed, summary, output } = await run("grpc");
      assert.equal(passed, false);
      const costs = ["lines", "subtotal", "total"];
      const wanted = [
        "GetProduct: price",
        "ListProducts: prices",
        ...["CreateOrder", "QuoteOrder"].flatMap((rpc) => costs.map((part) => `${rpc}: ${part}`)),
      ];
      assert.deepEqual(failing(summary), wanted.sort(), output);
    } finally {
      await raise(-1);
    }
  });

  it("counts a service that is not there", async () => {
    const { passed, summary, output } = await run("grpc", { PRODUCT_ADDR: "127.0.0.1:9" });
    assert.equal(passed, false);
    assert.ok(failing(summary).includes("ListProducts: status"), output);
  });

  it("goes on while one instance of everything is killed, and nothing is lost", async () => {
    const lines: string[] = [];
    const short = { env: SHORT, reportDir, silent: true, vus: 2, duration: "30s" };
    const { result, killed, broken } = await failover(short, 30, (line) => lines.push(line));
    allRight(result);
    assert.equal(killed.length, 7, lines.join("\n"));
    assert.deepEqual(broken, []);
  });

  it("is measured on one and on two instances of each", async () => {
    const measured = await scale({ env: SHORT, reportDir, silent: true }, [1, 2], () => {});
    assert.deepEqual(
      measured.map(({ instances }) => instances),
      [1, 2],
    );
    for (const { result } of measured) {
      allRight(result);
    }
  });
});

function allRight({ passed, summary, output }: K6Result): Summary {
  assert.ok(summary, output);
  assert.deepEqual(failing(summary), [], output);
  assert.ok(passed, output);
  assert.ok(summary.answers > 0 && summary.checks.every(({ passes }) => passes > 0), output);
  return summary;
}

function failing(summary: Summary | undefined): string[] {
  const wrong = summary?.checks.filter(({ fails }) => fails > 0) ?? [];
  return wrong.map(({ name }) => name).sort();
}
