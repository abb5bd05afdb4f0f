import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import type { Mesh } from "../../infra/dev/mesh.ts";
import { readProvider } from "../../infra/verify/provider.ts";
import { theMesh } from "./mesh.ts";
import { inParallel } from "./parallel.ts";
import { place } from "./patient-client.ts";
import { eventually, type Rest } from "./rest.ts";
import { rowsOf } from "./rows.ts";

/** How long after a fault everything must have come to its end, in milliseconds. */
const RECOVERY_MS = 30_000;

describe("a mesh with a fault", function () {
  this.timeout(180_000);
  let mesh: Mesh;
  let demo: Rest;
  before(async () => {
    const { mesh: started, api } = await theMesh();
    mesh = started;
    demo = await api.as("demo@tradepost.dev");
  });

  const query = <Row>(
    service: keyof Mesh["databaseUrls"],
    sql: string,
    values: readonly unknown[] = [],
  ) => rowsOf<Row>(mesh, service, sql, values);
  const order = (key: string) =>
    place(demo, { key, items: [{ product_id: product, quantity: 1 }] });

  const product = "prod-011";
  let run = 0;

  for (const victim of [
    "order",
    "product",
    "payment",
    "user",
    "gateway",
    "edge",
    "notification",
    "analytics",
    "postgres",
    "kafka",
  ]) {
    it(`loses and doubles nothing when ${victim} is killed in the midst of a hundred orders`, async () => {
      const name = `${victim}-${process.pid}-${run++}`;
      let placed = 0;
      const orders = await inParallel(100, 8, async (n) => {
        const answer = await order(`${name}-${n}`);
        placed++;
        if (placed === 30) {
          mesh.processes[victim]?.kill9();
        }
        return answer;
      });
      await eventually(
        async () => mesh.processes[victim]?.restartCount ?? 0,
        (count) => count > 0,
        RECOVERY_MS,
      );
      for (const { status, text } of orders) {
        assert.equal(status, 201, text);
      }
      const ids = orders.map(({ body }) => body.id as string);
      assert.equal(new Set(ids).size, 100, "one order for each key");
      await eventually(
        () =>
          query<{ status: string }>(
            "order",
            "select distinct status from orders where id = any($1)",
            [ids],
          ),
        (rows) => rows.length === 1 && rows[0]?.status === "CONFIRMED",
        RECOVERY_MS,
      );
      const charges = await query<{ order_id: string; n: string }>(
        "payment",
        "select order_id, count(*) as n from payments where status = 'succeeded' group by order_id",
      );
      const byOrder = new Map(charges.map(({ order_id, n }) => [order_id, Number(n)]));
      assert.deepEqual([...new Set(ids.map((id) => byOrder.get(id)))], [1]);
      await noDoubleChargeAtProvider(ids);
      await quiet();
      await stockAddsUp();
    });
  }

  it("takes orders while Kafka is down; the events arrive afterwards, each once, in order", async () => {
    await mesh.stopKafka();
    const orders = await inParallel(20, 4, (n) => order(`kafka-${process.pid}-${n}`));
    const ids = orders.map(({ status, text, body }) => {
      assert.equal(status, 201, text);
      assert.equal(body.status, "CONFIRMED");
      return body.id as string;
    });
    const waiting =
      "select count(*)::int as n from outbox where published_at is null and key = any($1)";
    const [before] = await query<{ n: number }>("order", waiting, [ids]);
    assert.ok((before?.n ?? 0) > 0, "events wait in the outbox");
    await mesh.startKafka();
    await quiet();
    const events = await query<{ event_id: string }>(
      "order",
      "select event_id from outbox where key = any($1) order by id",
      [ids],
    );
    assert.equal(events.length, 40);
    const eventIds = events.map(({ event_id }) => event_id);
    for (const consumer of ["notification", "analytics"] as const) {
      await eventually(
        () => query(consumer, "select 1 from inbox where event_id = any($1::uuid[])", [eventIds]),
        (rows) => rows.length === 40,
        RECOVERY_MS,
      );
    }
    const told = await query<{ n: number }>(
      "notification",
      `select count(*)::int as n from notifications
        where kind = 'ORDER_CONFIRMED' and order_id = any($1) group by order_id`,
      [ids],
    );
    assert.deepEqual(
      told.map(({ n }) => n),
      ids.map(() => 1),
    );
  });

  /** Sagas ended, outboxes empty: what must be true at rest can be asked. */
  async function quiet(): Promise<void> {
    await eventually(
      () => query("order", "select id, step from sagas"),
      (rows) => rows.length === 0,
      RECOVERY_MS,
    );
    for (const service of ["order", "payment"] as const) {
      await eventually(
        () => query(service, "select id from outbox where published_at is null limit 1"),
        (rows) => rows.length === 0,
        RECOVERY_MS,
      );
    }
  }

  async function noDoubleChargeAtProvider(ids: readonly string[]): Promise<void> {
    const { orders } = await readProvider(mesh.stripe.url);
    for (const id of ids) {
      assert.equal(orders[id]?.succeeded.length, 1, `order ${id} at the provider`);
    }
  }

  async function stockAddsUp(): Promise<void> {
    const wrong = await query("product", "select * from stock_mismatches");
    assert.deepEqual(wrong, []);
  }
});
