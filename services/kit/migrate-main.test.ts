import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { after, before, describe, it } from "mocha";
import { type TestDatabase, testDatabase } from "./testing.ts";

const program = fileURLToPath(import.meta.resolve("./migrate-main.ts"));

interface Ended {
  readonly code: number;
  readonly line: Readonly<Record<string, unknown>>;
}

/** Runs it with these variables and no others that it reads; resolves to its last line. */
function run(variables: Readonly<Record<string, string>>): Promise<Ended> {
  const { DATABASE_URL: _url, SERVICE: _service, ...rest } = process.env;
  const options = { env: { ...rest, ...variables } };
  return new Promise((resolve) => {
    execFile(process.execPath, [...process.execArgv, program], options, (error, stdout) => {
      const line = stdout.trim().split("\n").at(-1) || "{}";
      resolve({ code: Number(error?.code ?? 0), line: JSON.parse(line) });
    });
  });
}

describe("migrate-main", function () {
  this.timeout(30_000);
  let database: TestDatabase;
  before(async () => {
    database = await testDatabase("kit");
  });
  after(() => database.drop());

  it("makes a service's tables, needs no TLS for it, and ends; a second time is harmless", async () => {
    const orders = "select to_regclass('orders') is not null as there";
    assert.deepEqual((await database.db.query(orders)).rows, [{ there: false }]);
    for (const _ of ["first", "again"]) {
      const { code, line } = await run({ SERVICE: "order", DATABASE_URL: database.url });
      assert.deepEqual([code, line.msg], [0, "the database is up to date"]);
    }
    assert.deepEqual((await database.db.query(orders)).rows, [{ there: true }]);
  });

  it("names what is wrong with its variables, and ends with 2", async () => {
    const { code, line } = await run({ SERVICE: "billing" });
    assert.equal(code, 2);
    assert.deepEqual(line.problems, [
      "SERVICE: must be a service with migrations",
      "DATABASE_URL: is missing",
    ]);
  });
});
