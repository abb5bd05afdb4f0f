import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { WebhookEndpoint_DisabledReason as Reason } from "#gen/tradepost/notification/v1/webhook_endpoint.ts";
import { until } from "#kit/testing-until.ts";
import { hang, type Receiver, startReceiver } from "./testing-receiver.ts";
import {
  anOrderConfirmed,
  openGuard,
  type WebhookHouse,
  webhookHouse,
} from "./testing-webhooks.ts";

describe("a webhook endpoint that is in trouble", function () {
  this.timeout(40_000);
  let house: WebhookHouse;
  let receiver: Receiver;
  before(async () => {
    house = await webhookHouse({ guard: openGuard });
    receiver = await startReceiver();
  });
  after(async () => {
    await receiver.stop();
    await house.stop();
  });

  async function toldOf(userId: string): Promise<string[]> {
    const { rows } = await house.db.query<{ body: string }>(
      "select body from notifications where user_id = $1 and kind = 'WEBHOOK_DISABLED'",
      [userId],
    );
    return rows.map(({ body }) => body);
  }

  it("is switched off by 410, and its person is told, without what may be secret", async () => {
    const { id, state, remove } = await house.endpointOf("ann", receiver.url("/gone?key=secret"));
    receiver.answers("/gone?key=secret", 410);
    await house.whileSending({}, async () => {
      await house.hear("orders", anOrderConfirmed("o1"), anOrderConfirmed("o2"));
      const rows = await house.settled(id, ({ status }) => status === "FAILED");
      const ends = rows.map(({ lastStatus, lastError }) => lastStatus ?? lastError);
      assert.ok(ends.includes(410), String(ends));
      assert.ok(
        ends.every((end) => end === 410 || end === "ENDPOINT_DISABLED"),
        String(ends),
      );
    });
    const endpoint = await state();
    assert.deepEqual([endpoint?.enabled, endpoint?.disabledReason], [false, Reason.GONE]);
    const [words = "", ...others] = await toldOf("ann");
    assert.deepEqual(others, []);
    assert.match(words, new RegExp(`your endpoint at 127\\.0\\.0\\.1:${receiver.port} any more`));
    await remove();
  });

  it("is switched off after five days without a success, and not before", async () => {
    receiver.answers("/failing", 500);
    const { person, id, state, remove } = await house.endpointOf("ben", receiver.url("/failing"));
    const failingFor = (time: string) =>
      house.db.query(
        "update webhook_endpoints set failing_since = now() - $2::interval where id = $1",
        [id, time],
      );
    const failed = (orderId: string) => async () => {
      await house.hear("orders", anOrderConfirmed(orderId));
      await house.settled(id, ({ attempts }) => attempts > 0);
    };
    await failingFor("4 days 23 hours");
    await house.whileSending({}, failed("o3"));
    assert.equal((await state())?.enabled, true);
    await failingFor("5 days");
    await house.whileSending({}, failed("o4"));
    const endpoint = await state();
    assert.deepEqual([endpoint?.enabled, endpoint?.disabledReason], [false, Reason.FAILING]);
    assert.equal((await toldOf("ben")).length, 1);
    // What waits is not tried any more, and a new start has five days again.
    await house.whileSending({}, async () => {
      await house.dueNow();
      const rows = await house.settled(id, ({ status }) => status === "FAILED");
      assert.ok(rows.every(({ lastError }) => lastError === "ENDPOINT_DISABLED"));
    });
    await person.updateWebhookEndpoint({ id, webhookEndpoint: { enabled: true } });
    await house.db.query("delete from webhook_deliveries");
    await house.whileSending({}, failed("o5"));
    assert.equal((await state())?.enabled, true);
    await remove();
  });

  it("has its failures forgotten by a success", async () => {
    const { id, remove } = await house.endpointOf("cid", receiver.url("/well"));
    await house.db.query("update webhook_endpoints set failing_since = now() where id = $1", [id]);
    await house.whileSending({}, async () => {
      await house.hear("orders", anOrderConfirmed("o6"));
      await house.settled(id, ({ status }) => status === "SUCCEEDED");
    });
    const { rows } = await house.db.query(
      "select failing_since from webhook_endpoints where id = $1",
      [id],
    );
    assert.deepEqual(rows, [{ failing_since: null }]);
    await remove();
  });

  it("keeps no others waiting, however much there is for it", async () => {
    receiver.answers("/slow", hang);
    const slow = await house.endpointOf("fay", receiver.url("/slow"));
    const orders = Array.from({ length: 40 }, (_, count) => anOrderConfirmed(`s${count}`));
    await house.whileSending({ limitMs: 5_000 }, async () => {
      await house.hear("orders", ...orders);
      await until(async () => receiver.at("/slow").length >= 3);
      const quick = await house.endpointOf("gus", receiver.url("/quick"));
      const begun = performance.now();
      await house.hear("orders", anOrderConfirmed("q1"));
      await house.settled(quick.id, ({ status }) => status === "SUCCEEDED");
      assert.ok(performance.now() - begun < 1_000);
      assert.equal(receiver.at("/slow").length, 3);
      await quick.remove();
    });
    await slow.remove();
  });

  it("keeps no process from stopping, and what it was at is not counted as a try", async () => {
    receiver.answers("/silent", hang);
    const { id, remove } = await house.endpointOf("hal", receiver.url("/silent"));
    const worker = house.sending();
    await worker.start();
    await house.hear("orders", anOrderConfirmed("o9"));
    await until(async () => receiver.at("/silent").length === 1);
    // Held in the name of somebody who lives: nobody else takes it.
    await until(async () => {
      const { rows } = await house.db.query<{ isFree: boolean }>(
        `select pg_try_advisory_xact_lock(x'6d61696c'::int, hashtext(locked_by)) as "isFree"
           from graphile_worker._private_jobs where locked_by is not null`,
      );
      return rows.length === 1 && rows[0]?.isFree === false;
    });
    const begun = performance.now();
    await worker.stop();
    assert.ok(performance.now() - begun < 5_000);
    const [delivery] = await house.deliveries(id);
    assert.deepEqual([delivery?.status, delivery?.attempts], ["PENDING", 0]);

    // Another process finds it taken, and comes again when it is not.
    receiver.answers("/silent", 204);
    await house.db.query("update graphile_worker._private_jobs set run_at = now()");
    await house.whileSending({}, async () => {
      await until(async () => {
        const { rows } = await house.db.query(
          "select from graphile_worker.jobs where run_at > now() + interval '10 seconds'",
        );
        return rows.length === 1;
      });
      assert.equal(receiver.at("/silent").length, 1);
      await house.dueNow();
      await house.settled(id, ({ status, attempts }) => status === "SUCCEEDED" && attempts === 1);
    });
    await remove();
  });
});
