import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { prune } from "./pruning.ts";
import { type TestDatabase, testDatabase } from "./testing.ts";

describe("pruning", () => {
  let test: TestDatabase;
  before(async () => {
    test = await testDatabase("kit");
  });
  after(() => test.drop());

  it("forgets an idempotency key after a day, and no sooner", async () => {
    await test.db.query(
      `insert into idempotency_keys (caller, rpc, key, request_hash, created_at)
       select 'c', 'r', hours::text, '', now() - hours * interval '1 hour'
         from unnest(array[0, 23.9, 24.1, 48]) hours`,
    );
    assert.equal(await prune(test.db), false);
    const { rows } = await test.db.query("select key from idempotency_keys order by key");
    assert.deepEqual(rows, [{ key: "0" }, { key: "23.9" }]);
  });

  it("keeps dead letters as long as somebody has to decide, and then for 90 days", async () => {
    await test.db.query(
      `insert into dead_letters (consumer, topic, partition, "offset", key, event_id, type, headers,
                                 error, attempts, first_failed_at, redriven_at)
       select 'c', 'orders', 0, 0, coalesce(days::text, 'waits'), gen_random_uuid(), '', '{}', '',
              1, now() - interval '1 year', now() - days * interval '1 day'
         from unnest(array[null, 89, 91]) days`,
    );
    await prune(test.db);
    const { rows } = await test.db.query("select key from dead_letters order by key");
    assert.deepEqual(rows, [{ key: "89" }, { key: "waits" }]);
  });

  it("takes bites", async () => {
    await test.db.query(
      `insert into inbox (consumer, event_id, seen_at)
       select 'c', gen_random_uuid(), now() - interval '31 days' from generate_series(1, 1500)`,
    );
    assert.deepEqual([await prune(test.db), await prune(test.db)], [true, false]);
    assert.equal((await test.db.query("select from inbox")).rowCount, 0);
  });
});
