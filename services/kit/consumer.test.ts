import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { openDatabase } from "./db.ts";
import { Fault } from "./errors.ts";
import { silent } from "./log.ts";
import { ConsumerRig, effect, retry } from "./testing-consumer.ts";
import { record } from "./testing-kafka.ts";
import { testProxy } from "./testing-proxy.ts";
import { until } from "./testing-until.ts";
import { uuidv7 } from "./uuid.ts";

describe("consumer", function () {
  this.timeout(60_000);
  const rig = new ConsumerRig();

  it("takes everything that was there before it into effect, many at once, in order", async () => {
    const values = Array.from({ length: 1_200 }, (_, n) => n);
    await rig.publish(...values.map((n) => record("orders", "k", { n })));
    const sizes: number[] = [];
    rig.start(async (events, tx) => {
      sizes.push(events.length);
      await effect(events, tx);
    });
    await rig.dealtWith();
    assert.deepEqual(await rig.effects("k"), values);
    assert.ok(sizes.length < 10 && Math.max(...sizes) <= 500, `${sizes}`);
  });

  it("takes a repeated event into effect once, in one batch or in two", async () => {
    const id = uuidv7();
    const twice = [record("orders", "k", { n: 1 }, id), record("orders", "k", { n: 1 }, id)];
    await rig.publish(...twice);
    rig.start();
    await rig.dealtWith();
    await rig.publish(...twice, record("orders", "k", { n: 2 }));
    await until(async () => (await rig.effects("k")).includes(2));
    assert.deepEqual(await rig.effects("k"), [1, 2]);
  });

  it("goes on where it stopped", async () => {
    const first = rig.start();
    await rig.publish(record("orders", "k", { n: 1 }));
    await rig.dealtWith();
    await first.stop();
    // Without the inbox only the committed offset keeps it from taking these again.
    await rig.test.db.query("truncate inbox");
    await rig.publish(record("orders", "k", { n: 2 }));
    rig.start();
    await until(async () => (await rig.effects("k")).includes(2));
    assert.deepEqual(await rig.effects("k"), [1, 2]);
  });

  it("waits for a dependency that is down, however long, without counting attempts", async () => {
    let tries = 0;
    await rig.publish(record("orders", "k", { n: 1 }));
    rig.start(async (events, tx) => {
      if (++tries <= retry.tries + 1) {
        throw new Fault("DEPENDENCY_DOWN", "away");
      }
      await effect(events, tx);
    });
    await rig.dealtWith();
    assert.deepEqual(await rig.effects("k"), [1]);
    assert.deepEqual(await rig.deadLetters(), []);
  });

  it("waits for its database and loses nothing when it is back", async () => {
    const url = new URL(rig.test.url);
    const proxy = await testProxy({ to: Number(url.port) });
    url.port = String(proxy.port);
    const db = openDatabase({ url: url.href, name: "test", allowExitOnIdle: true });
    const failing: string[] = [];
    const log = silent.child({});
    log.warn = (_: unknown, message?: string) => void failing.push(String(message));
    rig.start(effect, { db, log });
    await rig.publish(record("orders", "k", { n: 1 }));
    await rig.dealtWith();
    await proxy.down();
    await rig.publish(record("orders", "k", { n: 2 }), record("orders", "k", { n: 3 }));
    await until(async () => failing.length > 0);
    await proxy.up();
    await until(async () => (await rig.effects("k")).length === 3);
    assert.deepEqual(await rig.effects("k"), [1, 2, 3]);
    assert.deepEqual(await rig.deadLetters(), []);
    assert.deepEqual(failing, ["the database is away or busy, events wait"]);
    await db.end();
    await proxy.stop();
  });
});
