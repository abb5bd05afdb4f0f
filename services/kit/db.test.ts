import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { inTransaction, named, openDatabase } from "./db.ts";
import { Fault } from "./errors.ts";
import { migrate } from "./migrate.ts";
import { type TestDatabase, testDatabase } from "./testing-database.ts";

const isDown = (error: unknown) => error instanceof Fault && error.reason === "DEPENDENCY_DOWN";

describe("database", () => {
  let test: TestDatabase;

  before(async () => {
    test = await testDatabase("kit");
    await test.db.query("create table counters (name text primary key, value bigint not null)");
  });
  after(() => test.drop());

  const value = named("test.value", "select value from counters where name = $1");

  async function counter(name: string): Promise<bigint> {
    const { rows } = await test.db.query<{ value: bigint }>(value([name]));
    assert.ok(rows[0]);
    return rows[0].value;
  }

  it("keeps what a transaction did, or nothing of it", async () => {
    await inTransaction(test.db, (tx) => tx.query("insert into counters values ('kept', 1)"));
    await assert.rejects(
      inTransaction(test.db, async (tx) => {
        await tx.query("update counters set value = 2 where name = 'kept'");
        throw new Error("changed my mind");
      }),
      /changed my mind/,
    );
    assert.equal(await counter("kept"), 1n);
  });

  it("reads int8 and its arrays as bigint, without changing pg for others", async () => {
    const { rows } = await test.db.query(
      "select 9007199254740993::int8 as one, array[1, null]::int8[] as many, 7 as small",
    );
    assert.deepEqual(rows, [{ one: 9_007_199_254_740_993n, many: [1n, null], small: 7 }]);
    const { default: pg } = await import("pg");
    assert.equal(pg.types.getTypeParser(20)("1"), "1");
  });

  it("does work again that met another in conflict, and no other error", async () => {
    await test.db.query("insert into counters values ('retried', 0)");
    let tries = 0;
    await inTransaction(test.db, async (tx) => {
      await tx.query("set transaction isolation level serializable");
      await tx.query(value(["retried"]));
      if (++tries === 1) {
        await test.db.query("update counters set value = value + 1 where name = 'retried'");
      }
      await tx.query("update counters set value = value + 1 where name = 'retried'");
    });
    assert.equal(tries, 2);
    assert.equal(await counter("retried"), 2n);

    tries = 0;
    const twice = inTransaction(test.db, async (tx) => {
      tries++;
      await tx.query("insert into counters values ('retried', 0)");
    });
    await assert.rejects(twice, { code: "23505" });
    assert.equal(tries, 1);
  });

  it("breaks a deadlock by doing the loser's work again", async () => {
    await test.db.query("insert into counters values ('a', 0), ('b', 0)");
    let go = () => {};
    const bothHold = new Promise<void>((resolve) => {
      go = resolve;
    });
    let holding = 0;
    const bump = (first: string, second: string) =>
      inTransaction(test.db, async (tx) => {
        await tx.query("set local deadlock_timeout = '20ms'");
        const text = "update counters set value = value + 1 where name = $1";
        await tx.query(text, [first]);
        if (++holding === 2) {
          go();
        }
        await bothHold;
        await tx.query(text, [second]);
      });
    await Promise.all([bump("a", "b"), bump("b", "a")]);
    assert.deepEqual([await counter("a"), await counter("b")], [2n, 2n]);
  });

  it("gives up on a conflict that does not end", async () => {
    let tries = 0;
    const endless = inTransaction(
      test.db,
      async (tx) => {
        tries++;
        await tx.query("do $$ begin raise exception 'x' using errcode = '40001'; end $$");
      },
      { retries: 2 },
    );
    await assert.rejects(
      endless,
      (error) => error instanceof Fault && error.reason === "OVERLOADED",
    );
    assert.equal(tries, 3);
  });

  it("survives a backend that is terminated mid-work, and says that the database is down", async () => {
    const killed = inTransaction(test.db, async (tx) => {
      const { rows } = await tx.query<{ pid: number }>("select pg_backend_pid() as pid");
      await test.db.query("select pg_terminate_backend($1)", [rows[0]?.pid]);
      await tx.query("insert into counters values ('lost', 1)");
    });
    await assert.rejects(killed, isDown);
    const { rows } = await test.db.query("select name from counters where name = 'lost'");
    assert.deepEqual(rows, []);
  });

  it("survives the loss of all its idle connections", async () => {
    await Promise.all([1, 2, 3].map(() => test.db.query("select 1")));
    const other = openDatabase({ url: test.url, name: "other", max: 1 });
    await other.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`,
    );
    await other.end();
    const settled = await Promise.allSettled([1, 2, 3].map(() => test.db.query("select 1")));
    for (const result of settled) {
      assert.ok(result.status === "fulfilled" || isDown(result.reason));
    }
    await test.db.query("select 1");
  });

  it("does not return a connection to a read-only server to the pool", async () => {
    const db = openDatabase({ url: test.url, name: "failover", max: 1 });
    const demoted = inTransaction(db, async (tx) => {
      await tx.query("set session characteristics as transaction read only");
      await tx.query("set transaction read only");
      await tx.query("insert into counters values ('nowhere', 1)");
    });
    await assert.rejects(demoted, isDown);
    await inTransaction(db, (tx) => tx.query("insert into counters values ('somewhere', 1)"));
    await db.end();
    assert.equal(await counter("somewhere"), 1n);
  });

  it("says so when nobody listens at its address", async () => {
    const db = openDatabase({ url: "postgres://nobody@127.0.0.1:1/none", name: "nowhere" });
    await assert.rejects(db.query("select 1"), isDown);
    await assert.rejects(
      inTransaction(db, async () => undefined),
      isDown,
    );
    await db.end();
  });

  it("is migrated once, by however many starters at once", async () => {
    const { rows: before } = await test.db.query("select name, run_on from kit_migrations");
    await Promise.all([1, 2, 3].map(() => migrate(test.url, "kit")));
    const { rows: afterwards } = await test.db.query("select name, run_on from kit_migrations");
    assert.deepEqual(afterwards, before);
  });
});
