import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { silent } from "./log.ts";
import { startRelay } from "./relay.ts";
import { ConsumerRig, retry } from "./testing-consumer.ts";
import { listen, record } from "./testing-kafka.ts";
import { until } from "./testing-until.ts";

describe("dead letters", function () {
  this.timeout(60_000);
  const rig = new ConsumerRig();

  it("dead-letters what cannot be handled, parks what follows it and goes on with others", async () => {
    await rig.publish(
      record("orders", "good", { n: 1 }),
      record("orders", "bad", { n: 2 }),
      record("orders", "bad", { n: 3, poison: true }),
      record("orders", "bad", { n: 4 }),
      record("orders", "good", { n: 5 }),
    );
    rig.start();
    await rig.dealtWith();
    await rig.publish(record("orders", "bad", { n: 6 }), record("orders", "good", { n: 7 }));
    await until(async () => (await rig.effects("good")).includes(7));
    assert.deepEqual(await rig.effects("good"), [1, 5, 7]);
    assert.deepEqual(await rig.effects("bad"), [2]);
    const parked = {
      key: "bad",
      error: "an earlier event of its key is a dead letter",
      attempts: 0,
      parked: true,
    };
    assert.deepEqual(await rig.deadLetters(), [
      {
        key: "bad",
        payload: '{"n":3,"poison":true}',
        error: "Error: cannot bear this",
        attempts: retry.tries,
        parked: false,
      },
      { ...parked, payload: '{"n":4}' },
      { ...parked, payload: '{"n":6}' },
    ]);
  });

  it("publishes a dead letter with its error and origin, through the relay", async () => {
    const poison = record("orders", "bad", { n: 1, poison: true });
    await rig.publish(poison);
    rig.start();
    const relay = startRelay({
      name: "test",
      db: rig.test.db,
      url: rig.test.url,
      log: silent,
      ...rig.topics,
    });
    const dlq = listen(rig.topics, "orders.dlq");
    await dlq.until((records) => records.length > 0);
    await Promise.all([relay.stop(), dlq.stop()]);
    const { dlq_consumer, dlq_error, dlq_attempts, dlq_event_id, dlq_origin } =
      dlq.records[0]?.headers ?? {};
    assert.deepEqual(
      [dlq.records[0]?.value, dlq_consumer, dlq_error, dlq_attempts, dlq_event_id, dlq_origin],
      [poison.value, "test", "Error: cannot bear this", "2", poison.headers.ce_id, "orders/0/0"],
    );
  });

  it("dead-letters at once what it cannot read, with or without an id", async () => {
    await rig.publish(
      { topic: "orders", key: "torn", value: '{"n":\u0000', headers: {} },
      record("orders", "torn", { n: 1 }),
      { topic: "orders", key: "forgotten", value: null, headers: {} },
      record("orders", "whole", { n: 2 }),
    );
    rig.start();
    await rig.dealtWith();
    assert.deepEqual(await rig.effects("whole"), [2]);
    assert.deepEqual(
      (await rig.deadLetters()).map(({ key, attempts, parked }) => ({ key, attempts, parked })),
      [
        { key: "torn", attempts: 1, parked: false },
        { key: "torn", attempts: 0, parked: true },
      ],
    );
  });

  it("finds one bad event among many", async () => {
    const values = Array.from({ length: 400 }, (_, n) => n);
    await rig.publish(...values.map((n) => record("orders", `k${n}`, { n, poison: n === 297 })));
    rig.start();
    await rig.dealtWith();
    const { rows } = await rig.test.db.query("select n from effects where n >= 0 order by id");
    assert.deepEqual(
      rows.map(({ n }) => n),
      values.filter((n) => n !== 297),
    );
    assert.equal((await rig.deadLetters()).length, 1);
  });
});
