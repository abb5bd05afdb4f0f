import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import pg from "pg";
import { InUse } from "./claim.ts";
import { createDatabase, type Postgres, startPostgres } from "./postgres.ts";

describe("the dev PostgreSQL", function () {
  this.timeout(60_000);
  let dir: string;
  let server: Postgres;

  before(async () => {
    // Its mode is 0700, as in a checkout below /root.
    dir = await mkdtemp(join(tmpdir(), "tradepost-postgres-"));
    server = await startPostgres({ dir });
    await query(server.url, "create table note (text text)");
    await query(server.url, "insert into note values ('kept')");
  });

  after(async () => {
    await server.stop();
    await rm(dir, { recursive: true });
  });

  it("is durable, and wants the password that only the owner can read", async () => {
    const settings = await query(
      server.url,
      "select current_setting('fsync') fsync, current_setting('listen_addresses') listens",
    );
    assert.deepEqual(settings, [{ fsync: "on", listens: "127.0.0.1" }]);
    assert.equal((await stat(join(dir, "password"))).mode & 0o777, 0o600);
    const wrong = new URL(server.url);
    wrong.password = "wrong";
    await assert.rejects(query(wrong.href, "select"), /password authentication failed/);
  });

  it("serves one owner at a time", async () => {
    await assert.rejects(startPostgres({ dir }), InUse);
  });

  it("starts again with its data after stop", async () => {
    await server.stop();
    server = await startPostgres({ dir });
    assert.deepEqual(await query(server.url, "select text from note"), [{ text: "kept" }]);
  });

  it("starts again after kill -9, whoever has its old pid by now", async () => {
    server.kill();
    await server.exited;
    const pidFile = join(dir, "data", "postmaster.pid");
    const lines = (await readFile(pidFile, "utf8")).split("\n");
    await writeFile(pidFile, [process.ppid, ...lines.slice(1)].join("\n"));
    server = await startPostgres({ dir });
    assert.deepEqual(await query(server.url, "select text from note"), [{ text: "kept" }]);
  });

  it("gives each service a database that others cannot enter", async () => {
    const order = await createDatabase(server.url, "tradepost_order");
    const user = await createDatabase(server.url, "tradepost_user");
    assert.equal(await createDatabase(server.url, "tradepost_order"), order);
    await query(order, "create table o (id int)");
    const stranger = new URL(user);
    stranger.pathname = "/tradepost_order";
    await assert.rejects(query(stranger.href, "select"), /permission denied for database/);
  });
});

async function query(connectionString: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString });
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}
