import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { DeadLetter_State } from "#gen/tradepost/deadletters/v1/dead_letters.ts";
import { retry } from "./testing-consumer.ts";
import { effect } from "./testing-consumer-effect.ts";
import { createGate, faultOf } from "./testing-handlers.ts";
import { record } from "./testing-kafka.ts";
import { mended, RedriveRig, stateOf } from "./testing-redrive.ts";
import { until } from "./testing-until.ts";

const poison = { n: 1, poison: true };

describe("a dead letter", function () {
  this.timeout(60_000);
  const rig = new RedriveRig();

  /** One that fails and three behind it, with others passing by. */
  async function oneDead(): Promise<string> {
    await rig.publish(
      record("orders", "bad", poison),
      record("orders", "good", { n: 1 }),
      record("orders", "bad", { n: 2 }),
      record("orders", "bad", { n: 3 }),
      record("orders", "good", { n: 2 }),
      record("orders", "bad", { n: 4 }),
    );
    rig.start((events, tx) => rig.handle(events, tx));
    await rig.dealtWith();
    const [first] = await rig.waiting();
    return first?.id ?? "";
  }

  it("is redriven with what is parked behind it: each takes effect once, in order", async () => {
    const id = await oneDead();
    assert.deepEqual(await rig.effects("good"), [1, 2]);
    assert.deepEqual(
      (await rig.waiting()).map(({ state, attempts, parkedBehind, payload }) => [
        state,
        attempts,
        parkedBehind,
        JSON.parse(payload).n,
      ]),
      [
        [DeadLetter_State.DEAD, retry.tries, 3, 1],
        [DeadLetter_State.PARKED, 0, 2, 2],
        [DeadLetter_State.PARKED, 0, 1, 3],
        [DeadLetter_State.PARKED, 0, 0, 4],
      ],
    );
    rig.handle = mended;
    const client = await rig.admin();
    const answer = await client.redriveDeadLetter({ id, reason: "the handler is mended" });
    assert.deepEqual([stateOf(answer), answer.taken, answer.waiting], ["REDRIVEN", 4, 0]);
    assert.deepEqual(await rig.effects("bad"), [1, 2, 3, 4]);
    assert.deepEqual(await rig.waiting(), []);
    await rig.publish(record("orders", "bad", { n: 5 }));
    await until(async () => (await rig.effects("bad")).length === 5);
    assert.deepEqual(await rig.trail(), [
      {
        actor: "user-admin",
        act: "dead-letter.redrive",
        target: id,
        reason: "the handler is mended",
        before: "DEAD",
        after: "REDRIVEN",
      },
    ]);
  });

  it("that fails again stays, with its new error, and so does what is behind it", async () => {
    const id = await oneDead();
    rig.handle = async () => {
      throw new Error("another reason");
    };
    const answer = await rig.letters().redriveDeadLetter({ id });
    assert.deepEqual([stateOf(answer), answer.taken, answer.waiting], ["DEAD", 0, 4]);
    assert.equal(answer.deadLetter?.error, "Error: another reason");
    assert.equal(answer.deadLetter?.attempts, retry.tries + 1);
    assert.deepEqual(await rig.effects("bad"), []);
    rig.handle = async (events, tx) => {
      if (events.some(({ value }) => value.n === 3)) {
        throw new Error("not this one");
      }
      await mended(events, tx);
    };
    const half = await rig.letters().redriveDeadLetter({ id });
    assert.deepEqual([half.taken, half.waiting], [2, 2]);
    const [third, fourth] = await rig.waiting();
    assert.deepEqual(
      [third?.state, third?.error, fourth?.state],
      [DeadLetter_State.DEAD, "Error: not this one", DeadLetter_State.PARKED],
    );
    assert.deepEqual(await rig.effects("bad"), [1, 2]);
  });

  it("being redriven holds newer events of its key back", async () => {
    const id = await oneDead();
    const [inside, go] = [createGate(), createGate()];
    rig.handle = async (events, tx) => {
      inside.open();
      await go.opened;
      await mended(events, tx);
    };
    const redriven = rig.letters().redriveDeadLetter({ id });
    await inside.opened;
    rig.handle = mended;
    await rig.publish(record("orders", "bad", { n: 5 }), record("orders", "good", { n: 3 }));
    await until(async () => (await rig.effects("good")).includes(3));
    assert.deepEqual(await rig.effects("bad"), []);
    go.open();
    await redriven;
    await until(async () => (await rig.effects("bad")).length === 5);
    assert.deepEqual(await rig.effects("bad"), [1, 2, 3, 4, 5]);
  });

  it("that is the last of its key lets a newer event wait for its end", async () => {
    await rig.publish(record("orders", "bad", poison));
    rig.start((events, tx) => rig.handle(events, tx));
    await rig.dealtWith();
    const [letter] = await rig.waiting();
    const [inside, go] = [createGate(), createGate()];
    rig.handle = async (events, tx) => {
      inside.open();
      await go.opened;
      await mended(events, tx);
    };
    const redriven = rig.letters().redriveDeadLetter({ id: letter?.id ?? "" });
    await inside.opened;
    rig.handle = effect;
    await rig.publish(record("orders", "bad", { n: 2 }));
    await until(async () => (await waitsForLock()) > 0);
    go.open();
    await redriven;
    await until(async () => (await rig.effects("bad")).length === 2);
    assert.deepEqual(await rig.effects("bad"), [1, 2]);
    assert.deepEqual(await rig.waiting(), []);
  });

  it("that is discarded is gone, for a reason, and frees what is behind it", async () => {
    const id = await oneDead();
    const nothing = await faultOf(rig.letters().discardDeadLetter({ id, reason: "" }));
    assert.equal(nothing.reason, "INVALID_FIELD");
    const answer = await rig.letters().discardDeadLetter({ id, reason: "never a good event" });
    assert.deepEqual([stateOf(answer), answer.taken, answer.waiting], ["DISCARDED", 3, 0]);
    assert.deepEqual(await rig.effects("bad"), [2, 3, 4]);
    assert.deepEqual(await rig.waiting(), []);
    assert.equal(stateOf(await rig.letters().getDeadLetter({ id })), "DISCARDED");
    const [{ actor, act, reason }] = (await rig.trail()).slice(-1) as [Record<string, string>];
    assert.deepEqual(
      [actor, act, reason],
      ["service operator", "dead-letter.discard", "never a good event"],
    );
  });

  it("behind another is not redriven, but may be discarded", async () => {
    await oneDead();
    const [first, second] = await rig.waiting();
    const id = second?.id ?? "";
    const fault = await faultOf(rig.letters().redriveDeadLetter({ id }));
    assert.deepEqual(
      [fault.reason, fault.metadata],
      ["WRONG_DEAD_LETTER_STATE", { firstId: first?.id }],
    );
    const answer = await rig.letters().discardDeadLetter({ id, reason: "not wanted" });
    assert.deepEqual([answer.taken, answer.waiting], [0, 3]);
    assert.deepEqual(await rig.effects("bad"), []);
    const again = await faultOf(rig.letters().discardDeadLetter({ id, reason: "again" }));
    assert.equal(again.reason, "WRONG_DEAD_LETTER_STATE");
  });

  it("is redriven once for one key, and tells the same again", async () => {
    const id = await oneDead();
    rig.handle = mended;
    const as = { idempotencyKey: "redrive-once" };
    const client = rig.letters({ service: "operator", ...as });
    const first = await client.redriveDeadLetter({ id });
    assert.deepEqual(await client.redriveDeadLetter({ id }), first);
    assert.deepEqual(await rig.effects("bad"), [1, 2, 3, 4]);
    const without = await faultOf(rig.letters().redriveDeadLetter({ id }));
    assert.equal(without.reason, "WRONG_DEAD_LETTER_STATE");
  });

  it("whose redrive died half way is gone on with by whoever looks", async () => {
    await oneDead();
    await rig.test.db.query("update dead_letters set redriven_at = now() where not parked");
    await rig.test.db.query("insert into redrives values ('test', 'orders', 'bad')");
    rig.redrive.start();
    await until(async () => (await rig.effects("bad")).length === 3);
    assert.deepEqual(await rig.effects("bad"), [2, 3, 4]);
    await until(async () => (await rig.test.db.query("select from redrives")).rowCount === 0);
  });

  async function waitsForLock(): Promise<number> {
    const { rows } = await rig.test.db.query(
      `select count(*)::int as n from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`,
    );
    return rows[0].n;
  }
});
