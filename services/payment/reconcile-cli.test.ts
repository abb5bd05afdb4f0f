import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { tradepost } from "../../tests/e2e/terminal.ts";
import { type StartedPayments, startPayments } from "./testing.ts";
import { chargedBy, usd } from "./testing-books.ts";

describe("tradepost reconcile", function () {
  this.timeout(60_000);
  let mesh: StartedPayments;
  before(async () => {
    mesh = await startPayments();
    mesh.endpoint.isOn = false;
  });
  after(() => mesh.stop());

  const reconcile = (...args: string[]) =>
    tradepost(["reconcile", "--plaintext", "--address", mesh.address, ...args], {
      TRADEPOST_TOKEN: mesh.adminToken,
    });

  it("ends with 0 where nothing differs, or what did was repaired", async () => {
    const { intentId } = await chargedBy(mesh);
    const quiet = await reconcile("--since", "1h");
    assert.deepEqual([quiet.code, quiet.err], [0, ""]);
    assert.match(quiet.out, /^No differences\.\n1 payments and 2 objects at Stripe/);
    await mesh.bank(intentId);
    const repaired = await reconcile();
    assert.deepEqual([repaired.code, repaired.err], [0, ""]);
    assert.match(
      repaired.out,
      /^what +repaired +order +payment +ours +found\nDISPUTE_UNSETTLED +yes /,
    );
  });

  it("ends with 1 and says what is left, as a table or as JSON", async () => {
    const { orderId, paymentId } = await chargedBy(mesh);
    mesh.orders.set(orderId, { total: usd(999n) });
    const shown = await reconcile();
    assert.equal(shown.code, 1);
    assert.equal(shown.err, "1 difference is left\n");
    const [, row = ""] = shown.out.split("\n");
    assert.deepEqual(row.split(/ {2,}/), [
      "AMOUNT_DIFFERS",
      "no",
      orderId,
      paymentId,
      "1000 USD",
      "CONFIRMED 999 USD",
    ]);
    const { code, out } = await reconcile("--json");
    assert.equal(code, 1);
    const { findings } = JSON.parse(out);
    assert.deepEqual(findings, [
      {
        kind: "AMOUNT_DIFFERS",
        orderId,
        paymentId,
        expected: "1000 USD",
        found: "CONFIRMED 999 USD",
        repaired: false,
        reference: "",
      },
    ]);
  });

  it("ends with 2 where it is used wrongly", async () => {
    for (const since of ["0h", "soon", "5", "-1h"]) {
      const { code, out, err } = await reconcile(`--since=${since}`);
      assert.deepEqual([code, out], [2, ""]);
      assert.equal(err, `--since is ${since}: it must be such as 90s, 15m, 24h or 7d\n`);
    }
  });
});
