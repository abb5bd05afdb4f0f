import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import type { Mesh } from "../../infra/dev/mesh.ts";
import { readProvider } from "../../infra/verify/provider.ts";
import { restart, theMesh } from "./mesh.ts";
import { inParallel, rounds } from "./parallel.ts";
import { place } from "./patient-client.ts";
import { type Answer, eventually, type Rest } from "./rest.ts";
import { rowsOf } from "./rows.ts";

const ORDERS = rounds({ gate: 200, full: 1_000 });
const product_id = "prod-012";

/** How order `n` is sent: 1 to 5 times, half of them at once, the last of some after a restart. */
function plan(n: number) {
  const times = 1 + (n % 5);
  const later = Math.floor(times / 2);
  return { early: times - later, later, atOnce: n % 2 === 0, changed: n % 10 === 3 };
}

describe("an order that is sent again and again", function () {
  this.timeout(300_000);
  let mesh: Mesh;
  let demo: Rest;
  before(async () => {
    const started = await theMesh();
    mesh = started.mesh;
    demo = await started.api.as("demo@tradepost.dev");
  });

  it(`is one order and one charge, ${ORDERS} times, across a restart; each answer the first one's bytes`, async () => {
    const name = `repeats-${process.pid}`;
    const send = (n: number, quantity = 1) =>
      place(demo, { key: `${name}-${n}`, items: [{ product_id, quantity }] });
    const several = async (n: number, times: number, atOnce: boolean): Promise<Answer[]> =>
      inParallel(times, atOnce ? times : 1, () => send(n));

    let placed = 0;
    const early = await inParallel(ORDERS, 8, async (n) => {
      const answers = await several(n, plan(n).early, plan(n).atOnce);
      placed++;
      if (placed === ORDERS / 2) {
        mesh.processes.order?.kill9();
      }
      return answers;
    });
    await Promise.all(["gateway", "payment"].map((victim) => restart(mesh, victim)));
    const later = await inParallel(ORDERS, 8, (n) => several(n, plan(n).later, plan(n).atOnce));
    const changed = await inParallel(ORDERS, 8, async (n) =>
      plan(n).changed ? send(n, 2) : undefined,
    );

    const ids = early.map((answers, n) => {
      const all = [...answers, ...(later[n] ?? [])];
      for (const { status, text } of all) {
        assert.equal(status, 201, text);
        assert.equal(text, all[0]?.text, `order ${n}: the first answer's bytes`);
      }
      const first = all.filter(({ headers }) => headers.get("idempotent-replayed") !== "true");
      assert.ok(first.length <= 1, `order ${n} was placed ${first.length} times`);
      return all[0]?.body.id as string;
    });
    for (const answer of changed.filter((sent) => sent !== undefined)) {
      assert.equal(answer.status, 422, answer.text);
      assert.equal(answer.body.reason, "IDEMPOTENCY_KEY_REUSED");
    }
    await eachIsChargedOnce(ids, `${name}-%`);
    await areFoundAgain();
  });

  async function eachIsChargedOnce(ids: readonly string[], keys: string): Promise<void> {
    assert.equal(new Set(ids).size, ORDERS);
    await eventually(
      () => count("order", "orders where idempotency_key like $1 and status = 'CONFIRMED'", [keys]),
      (n) => n === ORDERS,
      30_000,
    );
    assert.equal(await count("order", "orders where idempotency_key like $1", [keys]), ORDERS);
    assert.equal(await count("payment", "payments where order_id = any($1)", [ids]), ORDERS);
    const { orders } = await readProvider(mesh.stripe.url);
    assert.deepEqual([...new Set(ids.map((id) => orders[id]?.succeeded.length))], [1]);
  }

  /** By those who call them: the next test's people send nothing twice. */
  async function areFoundAgain(): Promise<void> {
    await eventually(
      () => demo.get("/api/v1/users/me/payment-methods"),
      ({ status }) => status === 200,
    );
    await eventually(
      () => place(demo, { items: [{ product_id, quantity: 1 }] }),
      ({ body }) => body?.status === "CONFIRMED",
    );
  }

  async function count(service: "order" | "payment", from: string, values: unknown[]) {
    const sql = `select count(*)::int as n from ${from}`;
    const [row] = await rowsOf<{ n: number }>(mesh, service, sql, values);
    return row?.n;
  }
});
