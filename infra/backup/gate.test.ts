import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import pg from "pg";
import { type Each, forEach, withConnections } from "./connect.ts";
import { whileNobodyWrites } from "./gate.ts";
import { type Layout, readLayout } from "./layout.ts";
import { ask, type Databases, migrated } from "./testing-databases.ts";

const insert = (key: number) =>
  `insert into outbox (event_id, topic, key, type, occurred_at, traceparent)
   values (gen_random_uuid(), 'orders', '${key}', 'T', now(), '')`;

describe("the gate of a backup", function () {
  this.timeout(120_000);
  let mesh: Databases;
  let layouts: Each<Layout>;
  before(async () => {
    mesh = await migrated();
    layouts = await withConnections(mesh.urls, "test", (clients) =>
      forEach((service) => readLayout(clients[service])),
    );
  });
  after(() => mesh?.drop());

  async function rowsOf(service: "order" | "payment"): Promise<number> {
    const count = "select count(*)::int as rows from outbox";
    return (await ask<{ rows: number }>(mesh.urls[service], count))[0]?.rows ?? 0;
  }

  it("stops all writers at one instant: no effect without its cause, in whichever database", async () => {
    const { order, payment } = mesh.urls;
    // As services do (kit/db.ts): who is held back for longer fails.
    const options = { lock_timeout: 1_500 };
    const writers = [order, payment].map(
      (connectionString) => new pg.Client({ connectionString, ...options }),
    );
    await Promise.all(writers.map((writer) => writer.connect()));
    let isDone = false;
    /** Each row is written because the one before, in the other database, was. */
    async function writeChain(): Promise<void> {
      for (let n = 0; !isDone; n++) {
        for (const writer of writers) {
          await writer.query(insert(n));
        }
      }
    }
    const writing = writeChain();
    for (let n = 0; n < 5; n++) {
      // One after the other, each by a new connection: time enough for many rows.
      const { value } = await whileNobodyWrites(mesh.urls, layouts, async () => [
        await rowsOf("order"),
        await rowsOf("payment"),
        await rowsOf("order"),
      ]);
      const [first = 0, effects = 0, last] = value;
      assert.equal(last, first, "nobody wrote");
      assert.ok(effects === first || effects === first - 1, `${effects} after ${first}`);
    }
    isDone = true;
    await writing;
    await Promise.all(writers.map((writer) => writer.end()));
  });

  it("lets readers pass", async () => {
    const { value } = await whileNobodyWrites(mesh.urls, layouts, () => rowsOf("order"));
    assert.ok(value > 0);
  });

  it("shuts when who is writing is done, and till then lets others write between its tries", async () => {
    const { user, order } = mesh.urls;
    const long = new pg.Client(user);
    await long.connect();
    await long.query("begin");
    await long.query(insert(1));
    let isShut = false;
    const waiting = whileNobodyWrites(mesh.urls, layouts, async () => {
      isShut = true;
    });
    const queued = `select count(*)::int as n from pg_stat_activity
                     where datname = current_database() and wait_event_type = 'Lock'`;
    while ((await ask<{ n: number }>(user, queued))[0]?.n === 0) {
      assert.equal(isShut, false);
    }
    await ask(order, insert(-1));
    assert.equal(isShut, false);
    await long.query("commit");
    await waiting;
    assert.equal(isShut, true);
    await long.end();
  });
});
