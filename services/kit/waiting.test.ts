import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { createMetrics } from "./metrics.ts";
import { record } from "./testing-kafka.ts";
import { RedriveRig } from "./testing-redrive.ts";
import { until } from "./testing-until.ts";
import { waitingMetrics } from "./waiting-metrics.ts";

describe("the metrics of what waits", function () {
  this.timeout(60_000);
  const rig = new RedriveRig();

  it("tell how far a consumer is behind, also one that is stuck", async () => {
    const metrics = createMetrics("test");
    await rig.publish(...[1, 2, 3].map((n) => record("orders", "k", { n })));
    const stuck = rig.start(
      async () => {
        throw new Error("not yet");
      },
      { metrics, retry: { tries: 100, firstMs: 1_000, maxMs: 1_000 } },
    );
    const line = (n: number) =>
      `consumer_lag_events{consumer="test",topic="orders",service="test"} ${n}`;
    await until(async () => (await metrics.metrics()).includes(line(3)));
    await stuck.stop();
    const other = createMetrics("test");
    rig.start(undefined, { metrics: other });
    await rig.dealtWith();
    await until(async () => (await other.metrics()).includes(line(0)));
  });

  it("count dead letters and sagas, and forget those that are gone", async () => {
    const metrics = createMetrics("test");
    const { db } = rig.test;
    waitingMetrics(db, metrics);
    await rig.publish(
      record("orders", "bad", { n: 1, poison: true }),
      record("orders", "bad", { n: 2 }),
      record("orders", "bad", { n: 3 }),
    );
    rig.start();
    await rig.dealtWith();
    await db.query(
      `insert into sagas (kind, id, step, state, lease_until, traceparent, created_at)
       select 'checkout', n::text, 'forward', '{}', now(), '', now() - interval '1 hour'
         from generate_series(1, 3) n`,
    );
    const text = await metrics.metrics();
    const labels = 'consumer="test",topic="orders"';
    assert.match(text, new RegExp(`dead_letters{${labels},state="dead",service="test"} 1\n`));
    assert.match(text, new RegExp(`dead_letters{${labels},state="parked",service="test"} 2\n`));
    assert.match(text, /sagas\{kind="checkout",step="forward",service="test"\} 3\n/);
    assert.match(
      text,
      /sagas_oldest_seconds\{kind="checkout",step="forward",service="test"\} 36\d\d\./,
    );
    await db.query("delete from sagas");
    await db.query("update dead_letters set redriven_at = now()");
    assert.doesNotMatch(await metrics.metrics(), /^(dead_letters|sagas)\w*\{/m);
  });
});
