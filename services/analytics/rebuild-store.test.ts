import assert from "node:assert/strict";
import { describe, it } from "mocha";
import pg from "pg";
import { migrate } from "#kit/migrate.ts";
import { testDatabase } from "#kit/testing.ts";
import { until } from "#kit/testing-until.ts";
import { claim, FRESH, swap } from "./rebuild-store.ts";

describe("tables that were counted anew", () => {
  it("take the place of the others while nobody counts; who waits counts in them", async () => {
    const { db, url, drop } = await testDatabase("analytics");
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await migrate(url, "analytics", {}, FRESH);
    await db.query("insert into inbox (consumer, event_id) values ('old', gen_random_uuid())");
    let counting: Promise<unknown> = Promise.resolve();
    await swap(client, async () => {
      counting = db.query(
        "insert into inbox (consumer, event_id) values ('new', gen_random_uuid())",
      );
      await until(async () => {
        const { rows } = await db.query(
          `select from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock'`,
        );
        return rows.length > 0;
      });
    });
    await counting;
    const { rows } = await db.query("select consumer from inbox");
    assert.deepEqual(rows, [{ consumer: "new" }]);
    await client.end();
    await drop();
  });

  it("are one rebuild's at a time, of who owns the tables", async () => {
    const { url, drop } = await testDatabase("analytics");
    const [one, other, stranger] = [url, url, url].map(
      (connectionString) => new pg.Client({ connectionString }),
    ) as [pg.Client, pg.Client, pg.Client];
    await Promise.all([one, other, stranger].map((client) => client.connect()));
    await claim(one);
    await assert.rejects(claim(other), /another rebuild is under way/);
    await stranger.query("create role analytics_stranger");
    await stranger.query("set role analytics_stranger");
    await assert.rejects(claim(stranger), /connect as /);
    await stranger.query("reset role");
    await stranger.query("drop role analytics_stranger");
    await Promise.all([one, other, stranger].map((client) => client.end()));
    await drop();
  });
});
