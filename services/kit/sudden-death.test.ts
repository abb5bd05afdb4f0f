import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { inTransaction } from "./db.ts";
import { silent } from "./log.ts";
import { appendToOutbox } from "./outbox.ts";
import { startRelay } from "./relay.ts";
import { ended, startChild } from "./testing-child.ts";
import { ConsumerRig } from "./testing-consumer.ts";
import { idsOf, listen, record } from "./testing-kafka.ts";
import { until } from "./testing-until.ts";
import { uuidv7 } from "./uuid.ts";

describe("sudden death", function () {
  this.timeout(90_000);
  const rig = new ConsumerRig();

  for (const moment of ["before", "after"] as const) {
    it(`of a consumer ${moment} its commit: each event takes effect once`, async () => {
      await rig.publish(...[1, 2, 3].map((n) => record("orders", "k", { n })));
      const does = `consume, die ${moment} commit` as const;
      const child = startChild({ does, name: "test", url: rig.test.url, ...rig.topics });
      await ended(child);
      assert.equal(child.signalCode, "SIGKILL");
      assert.deepEqual(await rig.effects("k"), moment === "before" ? [] : [1, 2, 3]);
      rig.start();
      await rig.dealtWith();
      assert.deepEqual(await rig.effects("k"), [1, 2, 3]);
    });
  }

  it("of a leading relay, or its pause: another one takes over and nothing is lost", async () => {
    const { db, url } = rig.test;
    const heard = listen(rig.topics, "orders");
    const ids = new Set<string>();
    const append = async () => {
      const id = uuidv7();
      ids.add(id);
      const event = {
        topic: "orders",
        key: "k",
        type: "t",
        payload: "{}",
        traceparent: "",
      } as const;
      await inTransaction(db, (tx) => appendToOutbox(tx, [{ ...event, id, time: new Date() }]));
    };
    const arrived = () =>
      heard.until((records) => {
        const there = idsOf(records);
        return [...ids].every((id) => there.has(id));
      });
    const leader = async () => {
      const { rows } = await db.query<{ name: string }>(
        `select application_name as name from pg_locks join pg_stat_activity using (pid)
          where locktype = 'advisory' and granted and datname = current_database()`,
      );
      return rows[0]?.name;
    };

    const child = startChild({ does: "relay", name: "child", url, ...rig.topics });
    await until(async () => (await leader()) === "child-relay");
    await append();
    await arrived();
    const relay = startRelay({ name: "heir", db, url, log: silent, ...rig.topics });
    child.kill("SIGSTOP");
    await append();
    await arrived();
    assert.equal(await leader(), "heir-relay");
    // It wakes up and must not think that it leads.
    child.kill("SIGCONT");
    await append();
    await arrived();
    assert.equal(await leader(), "heir-relay");
    await relay.stop();
    await until(async () => (await leader()) === "child-relay");
    child.kill("SIGKILL");
    await ended(child);
    await heard.stop();
  });
});
