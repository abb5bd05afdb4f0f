import assert from "node:assert/strict";
import { join } from "node:path";
import { before, describe, it } from "mocha";
import type { Mesh } from "../../infra/dev/mesh.ts";
import { theMesh } from "./mesh.ts";
import { verify } from "./operator.ts";
import { eventually, printedOrder } from "./rest.ts";
import { rowsOf } from "./rows.ts";
import { tradepost } from "./terminal.ts";

describe("tradepost verify", function () {
  this.timeout(120_000);
  let mesh: Mesh;

  before(async () => {
    const { mesh: started, api } = await theMesh();
    mesh = started;
    const demo = await api.as("demo@tradepost.dev");
    const { body } = await demo.post("/api/v1/orders", printedOrder);
    assert.equal(body.status, "CONFIRMED");
  });

  it("finds nothing wrong with the mesh after all that was done to it", async () => {
    // Consumers may still be at work on what the last test did.
    await eventually(
      async () =>
        (await verify(mesh)).violated.map(({ id, counterexamples }) => ({ id, counterexamples })),
      ({ length }) => length === 0,
      30_000,
    );
    const { verdicts, code } = await verify(mesh);
    assert.equal(code, 0);
    assert.ok(verdicts.every(({ skipped }) => !skipped));
  });

  it("shows what is wrong, and exits 1", async () => {
    const spoil = (units: number) =>
      rowsOf(
        mesh,
        "product",
        `update stock set sold = sold + ${units} where product_id = 'prod-001'`,
      );
    await spoil(1);
    try {
      const { violated, code, told } = await verify(mesh);
      assert.equal(code, 1);
      const [stock] = violated;
      assert.equal(stock?.id, "I6");
      assert.equal(stock?.counterexamples[0]?.product_id, "prod-001");
      assert.match(told, /violated: I6/);
    } finally {
      await spoil(-1);
    }
  });

  it("says that there is no mesh, where there is none", async () => {
    const { code, err } = await tradepost(["verify"], {
      TRADEPOST_DIR: join(mesh.dir, "nothing"),
    });
    assert.equal(code, 1);
    assert.match(err, /^no mesh runs here: start one with npm start/);
  });
});
