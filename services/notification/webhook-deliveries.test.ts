import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import {
  WebhookDelivery_Status as Status,
  WebhookEndpoint_EventType as Type,
} from "#gen/tradepost/notification/v1/webhook_endpoint.ts";
import type { RoleName } from "#kit/call.ts";
import { uuidv7 } from "#kit/uuid.ts";
import {
  anOrder,
  anOrderConfirmed,
  aPayment,
  type WebhookHouse,
  webhookHouse,
} from "./testing-webhooks.ts";
import { pruneWebhooks } from "./webhook-pruning.ts";

describe("webhook deliveries", () => {
  let house: WebhookHouse;
  before(async () => {
    house = await webhookHouse();
  });
  after(() => house.stop());

  async function listening(userId: string, role?: RoleName, eventTypes: Type[] = []) {
    const person = await house.as(userId, role);
    const url = "https://hooks.example";
    const { webhookEndpoint } = await person.createWebhookEndpoint({ url, eventTypes });
    const endpointId = webhookEndpoint?.id ?? "";
    return {
      person,
      endpointId,
      told: async () => (await house.deliveries(endpointId)).map(({ eventType }) => eventType),
    };
  }

  const cancelled = (orderId: string) =>
    anOrder(orderId, { $case: "cancelled", value: { reason: "" } });

  it("are one for each endpoint that hears of an event, with its job, once", async () => {
    const merchant = await listening("m1");
    const other = await listening("m3");
    const admin = await listening("root", "ADMIN");
    const some = await listening("m1", "MERCHANT", [Type.ORDER_CANCELLED]);
    const event = { ...anOrderConfirmed("o1"), id: uuidv7() };
    await house.hear("orders", event, cancelled("o1"));
    await house.db.query("delete from inbox");
    await house.hear("orders", event);
    const declined = aPayment("o1", { $case: "failed", value: { declineCode: "" } });
    await house.hear("payments", declined);
    const both = ["ORDER_CANCELLED", "ORDER_CONFIRMED"];
    assert.deepEqual((await merchant.told()).toSorted(), both);
    assert.deepEqual(await other.told(), []);
    assert.deepEqual((await admin.told()).toSorted(), [...both, "PAYMENT_FAILED"]);
    assert.deepEqual(await some.told(), ["ORDER_CANCELLED"]);
    const { rows } = await house.db.query(
      `select from graphile_worker._private_jobs j
         join webhook_deliveries d on d.id = j.payload->>'id' and j.flags ? d.endpoint_id`,
    );
    assert.equal(rows.length, 6);
    const [first] = await house.deliveries(some.endpointId);
    const { data } = JSON.parse(first?.payload ?? "");
    assert.deepEqual(data.total, { currencyCode: "USD", amount: "3000" });
  });

  it("are none while an endpoint is switched off", async () => {
    const { person, endpointId: id, told } = await listening("m2");
    const enable = (enabled: boolean) =>
      person.updateWebhookEndpoint({ id, webhookEndpoint: { enabled } });
    await enable(false);
    await house.hear("orders", anOrderConfirmed("o2"));
    await enable(true);
    await house.hear("orders", cancelled("o2"));
    assert.deepEqual(await told(), ["ORDER_CANCELLED"]);
  });

  it("are listed page by page, newest first, by what became of them", async () => {
    const { person, endpointId } = await listening("root", "ADMIN");
    const orders = ["p1", "p2", "p3", "p4", "p5"];
    await house.hear("orders", ...orders.map(anOrderConfirmed));
    const seen = [];
    let pageToken = "";
    do {
      const page = await person.listWebhookDeliveries({ endpointId, pageSize: 2, pageToken });
      seen.push(...page.deliveries);
      pageToken = page.nextPageToken ?? "";
    } while (pageToken);
    const ids = seen.map(({ id }) => id);
    assert.equal(new Set(ids).size, 5);
    await house.db.query(
      `update webhook_deliveries set status = 'FAILED', next_time = null, attempts = 5, tries = 5,
              last_error = 'TIMED_OUT', last_time = now(), last_ms = 10000
        where id = any ($1)`,
      [ids.slice(0, 2)],
    );
    const failed = await person.listWebhookDeliveries({ endpointId, status: [Status.FAILED] });
    assert.deepEqual(
      failed.deliveries.map(({ id, lastDurationMs, etag }) => [id, lastDurationMs, etag]),
      ids.slice(0, 2).map((id) => [id, 10_000, "5-failed"]),
    );
    const { deliveries } = await person.listWebhookDeliveries({
      endpointId,
      status: [Status.FAILED, Status.PENDING],
    });
    assert.equal(deliveries.length, 5);
    const { nextPageToken = "" } = await person.listWebhookDeliveries({ endpointId, pageSize: 2 });
    await assert.rejects(
      person.listWebhookDeliveries({ endpointId, status: [1], pageToken: nextPageToken }),
      { reason: "INVALID_PAGE_TOKEN" },
    );
  });

  it("are sent again only once they are over, and while their endpoint is on", async () => {
    const { person, endpointId } = await listening("m2");
    await house.hear("orders", anOrderConfirmed("r1"));
    const [{ id } = { id: "" }] = await house.deliveries(endpointId);
    const again = (as = {}) => person.redeliverWebhook({ endpointId, id }, as);
    const wrongState = { reason: "WRONG_WEBHOOK_DELIVERY_STATE" };
    await assert.rejects(again(), wrongState);
    await house.db.query(
      `update webhook_deliveries set status = 'FAILED', next_time = null, attempts = 5, tries = 5
        where id = $1`,
      [id],
    );
    const { delivery } = await again({ idempotencyKey: "k" });
    assert.deepEqual([delivery?.id, delivery?.status, delivery?.attempts], [id, Status.PENDING, 5]);
    assert.deepEqual((await again({ idempotencyKey: "k" })).delivery, delivery);
    await assert.rejects(again(), wrongState);
    const { rows } = await house.db.query(
      "select from graphile_worker._private_jobs where payload->>'id' = $1",
      [id],
    );
    assert.equal(rows.length, 2, "one of the event, one more");
    const missing = { reason: "WEBHOOK_DELIVERY_NOT_FOUND" };
    await assert.rejects(person.redeliverWebhook({ endpointId, id: "whd_x" }), missing);
    const { endpointId: otherId } = await listening("m2");
    await assert.rejects(person.redeliverWebhook({ endpointId: otherId, id }), missing);
    await house.db.query(
      "update webhook_deliveries set status = 'SUCCEEDED', next_time = null where id = $1",
      [id],
    );
    const off = { enabled: false };
    await person.updateWebhookEndpoint({ id: endpointId, webhookEndpoint: off });
    await assert.rejects(again(), wrongState);
  });

  it("are forgotten after 30 days, and secrets when they sign no more", async () => {
    const { person, endpointId } = await listening("root", "ADMIN");
    await person.rotateWebhookSecret({ id: endpointId });
    await house.hear("orders", anOrderConfirmed("a1"), anOrderConfirmed("a2"), cancelled("a1"));
    const [old, young, lost] = (await house.deliveries(endpointId)).map(({ id }) => id);
    const make = (id: string | undefined, age: string, next: string | null) =>
      house.db.query(
        `update webhook_deliveries
            set create_time = now() - $2::interval, next_time = now() - $3::interval,
                status = case when $3 is null then 'SUCCEEDED' else 'PENDING' end
          where id = $1`,
        [id, age, next],
      );
    await make(old, "30 days 1 minute", null);
    await make(young, "29 days", null);
    await make(lost, "30 days 1 minute", "2 days");
    await house.db.query(
      "update webhook_secrets set expire_time = expire_time - interval '24 hours 1 minute'",
    );
    await pruneWebhooks(house.db);
    assert.deepEqual(
      (await house.deliveries(endpointId)).map(({ id }) => id),
      [young],
    );
    const { rows } = await house.db.query(
      "select expire_time from webhook_secrets where endpoint_id = $1",
      [endpointId],
    );
    assert.deepEqual(rows, [{ expire_time: null }]);
  });
});
