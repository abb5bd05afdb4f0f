import assert from "node:assert/strict";
import { createServer } from "node:net";
import { after, before, describe, it } from "mocha";
import { testDatabase } from "#kit/testing.ts";
import { jobPool } from "./job-pool.ts";

/** The SQLSTATE by which graphile-worker knows that it may try again. */
const again = { code: "57P03" };

describe("the mail worker's connections", () => {
  let house: Awaited<ReturnType<typeof testDatabase>>;
  before(async () => {
    house = await testDatabase("notification");
  });
  after(() => house.drop());

  it("that break in the midst of a statement ask for another try", async () => {
    const pool = jobPool(house.url, 1);
    const client = await pool.connect();
    const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
    const sleeping = assert.rejects(client.query("select pg_sleep(60)"), again);
    await house.db.query("select pg_terminate_backend($1)", [rows[0]?.pid]);
    await sleeping;
    await assert.rejects(client.query("select 1"), again);
    client.release(true);
    assert.equal((await pool.query("select 1")).rowCount, 1);
    await pool.end();
  });

  it("that cannot be made ask for another try", async () => {
    const nobody = createServer();
    await new Promise<void>((resolve) => nobody.listen(0, "127.0.0.1", resolve));
    const address = nobody.address();
    await new Promise((resolve) => nobody.close(resolve));
    const port = typeof address === "object" ? address?.port : 0;
    const pool = jobPool(`postgres://nobody@127.0.0.1:${port}/none`, 1);
    await assert.rejects(pool.connect(), again);
    await pool.end();
  });

  it("are not asked for again once the worker has ended", async () => {
    const pool = jobPool(house.url, 1);
    await pool.end();
    const answered = pool.connect().then(
      () => "a connection",
      () => "an error",
    );
    const nothing = new Promise((resolve) => setImmediate(resolve, "nothing"));
    assert.equal(await Promise.race([answered, nothing]), "nothing");
  });

  it("leave other errors alone", async () => {
    const pool = jobPool(house.url, 1);
    const client = await pool.connect();
    await assert.rejects(client.query("select 1 / 0"), { code: "22012" });
    client.release();
    await pool.end();
  });
});
