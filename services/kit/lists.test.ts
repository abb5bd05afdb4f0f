import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { nobody } from "./call.ts";
import { named, openDatabase } from "./db.ts";
import { type Lists, openLists } from "./lists.ts";
import { silent } from "./log.ts";
import { type Replicated, startReplicated } from "./testing-replica.ts";
import { until } from "./testing-until.ts";

const merchant = { ...nobody, userId: "m1" };

describe("lists with a replica", function () {
  this.timeout(60_000);
  let servers: Replicated;
  let db: ReturnType<typeof openDatabase>;
  let behind: ReturnType<typeof openDatabase>;
  let lists: Lists;

  before(async () => {
    servers = await startReplicated();
    db = openDatabase({ url: servers.primary.url, name: "primary" });
    behind = openDatabase({ url: servers.replica.url, name: "replica" });
    const config = { DATABASE_REPLICA_URL: servers.replica.url };
    lists = openLists({ db, config, name: "kit", log: silent, awayMs: 200 });
    await db.query("create table goods (name text)");
    await write("mug");
    await caughtUp();
  });
  after(async () => {
    await Promise.all([lists.stop(), db.end(), behind.end()]);
    await servers.stop();
  });

  const goods = named("test.goods", "select string_agg(name, ' ' order by name) as all from goods");
  const where = named("test.where", "select pg_is_in_recovery() as replica");

  const write = (name: string) => db.query("insert into goods values ($1)", [name]);
  async function shownTo(reader: typeof merchant): Promise<string> {
    const { rows } = await lists.readBy(reader).query<{ all: string }>(goods([]));
    return rows[0]?.all ?? "";
  }
  async function isReplica(reader: typeof merchant): Promise<boolean | undefined> {
    return (await lists.readBy(reader).query<{ replica: boolean }>(where([]))).rows[0]?.replica;
  }
  /** Until the replica has replayed all that the primary has written by now. */
  async function caughtUp(): Promise<void> {
    const { rows } = await db.query("select pg_current_wal_lsn()::text as lsn");
    const replayed = "select pg_last_wal_replay_lsn() >= $1::pg_lsn as there";
    while (!(await behind.query(replayed, [rows[0].lsn])).rows[0].there) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  it("are read there by nobody in particular, and by those who may have written at the primary", async () => {
    assert.deepEqual(await Promise.all([nobody, merchant].map(isReplica)), [true, false]);
    const { rows } = await lists.ofEvents.query(where([]));
    assert.deepEqual(rows, [{ replica: true }]);
  });

  it("show writers what they wrote while the replica is behind, and others what was before", async () => {
    await behind.query("select pg_wal_replay_pause()");
    try {
      await write("pen");
      assert.equal(await shownTo(merchant), "mug pen");
      assert.equal(await shownTo(nobody), "mug");
    } finally {
      await behind.query("select pg_wal_replay_resume()");
    }
    await caughtUp();
    assert.equal(await shownTo(nobody), "mug pen");
  });

  it("come from the primary while the replica is down, and what it cannot answer too", async () => {
    // It is read-only: this fails there, and not at the primary.
    const sequence = named("test.next", "select nextval('numbers') as number");
    await db.query("create sequence numbers");
    await caughtUp();
    const fresh = openLists({
      db,
      config: { DATABASE_REPLICA_URL: servers.replica.url },
      name: "kit",
      log: silent,
    });
    const { rows } = await fresh.readBy(nobody).query<{ number: bigint }>(sequence([]));
    assert.deepEqual(rows, [{ number: 1n }]);
    await fresh.stop();
    await servers.replica.stop();
    assert.equal(await isReplica(nobody), false);
    assert.equal(await shownTo(nobody), "mug pen");
  });

  it("use it again once it is back", async () => {
    await servers.startReplica();
    await until(async () => (await isReplica(nobody)) === true);
    assert.equal(await shownTo(nobody), "mug pen");
  });

  it("all come from the primary where there is none", async () => {
    const without = openLists({ db, config: {}, name: "kit", log: silent });
    assert.equal(without.readBy(nobody), db);
    assert.equal(without.ofEvents, db);
    await without.stop();
  });
});
