import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { Fault } from "./errors.ts";
import { createLog } from "./log.ts";
import { migrateWhenThere, whenThere } from "./patience.ts";
import { testDatabase } from "./testing.ts";
import { until } from "./testing-until.ts";

/** node-pg-migrate's, with which two starters wait for each other. */
const LOCK = "7241865325823964";

const log = createLog({ service: "test", level: "silent" });

describe("a start that needs the database", () => {
  it("tries again while the database is away", async () => {
    let tries = 0;
    const answer = await whenThere(async () => {
      tries++;
      if (tries < 3) {
        throw new Fault("DEPENDENCY_DOWN", "the database cannot be reached");
      }
      return "there";
    }, log);
    assert.deepEqual([answer, tries], ["there", 3]);
  });

  it("ends with any other error", async () => {
    const work = async () => {
      throw new Error("a wrong statement");
    };
    await assert.rejects(whenThere(work, log), /a wrong statement/);
  });

  it("goes on when the connection of its migrations breaks", async () => {
    const { db, url, drop } = await testDatabase("notification");
    const other = await db.connect();
    const own = "from pg_stat_activity where application_name = 'notification-migrate'";
    const waiting = async () => {
      const { rows } = await db.query<{ pid: number }>(
        `select pid ${own} and wait_event_type = 'Lock'`,
      );
      return rows[0]?.pid;
    };
    try {
      await other.query("select pg_advisory_lock($1)", [LOCK]);
      const { signal } = new AbortController();
      const migrated = migrateWhenThere({ url, name: "notification", log, signal });
      await until(async () => (await waiting()) !== undefined);
      const first = await waiting();
      await db.query(`select pg_terminate_backend(pid) ${own}`);
      await until(async () => ![undefined, first].includes(await waiting()));
      await other.query("select pg_advisory_unlock($1)", [LOCK]);
      await migrated;
    } finally {
      other.release();
      await drop();
    }
  });

  it("gives up when it is told to", async () => {
    const stopping = new AbortController();
    const work = async () => {
      stopping.abort();
      throw new Fault("DEPENDENCY_DOWN", "the database cannot be reached");
    };
    await assert.rejects(whenThere(work, log, stopping.signal), /AbortError|aborted/);
  });
});
