import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import {
  WebhookEndpoint_DisabledReason as Reason,
  WebhookEndpoint_EventType as Type,
} from "#gen/tradepost/notification/v1/webhook_endpoint.ts";
import { Fault } from "#kit/errors.ts";
import { type WebhookHouse, webhookHouse } from "./testing-webhooks.ts";

const url = "https://hooks.example/tradepost";

describe("webhook endpoints", () => {
  let house: WebhookHouse;
  before(async () => {
    house = await webhookHouse();
  });
  after(() => house.stop());

  const refused = (field: string) => (error: unknown) => {
    assert.ok(error instanceof Fault, String(error));
    assert.deepEqual([error.reason, error.violations[0]?.field], ["INVALID_FIELD", field]);
    return true;
  };

  /** One of a person who has no other. */
  async function added(userId: string) {
    const person = await house.as(userId);
    const { webhookEndpoint } = await person.createWebhookEndpoint({ url });
    assert.ok(webhookEndpoint);
    return { person, endpoint: webhookEndpoint, id: webhookEndpoint.id };
  }

  it("are as they were asked for", async () => {
    const ann = await house.as("ann");
    const wanted = { url, eventTypes: [Type.ORDER_CONFIRMED], description: "the warehouse" };
    const { webhookEndpoint: made } = await ann.createWebhookEndpoint(wanted);
    assert.ok(made);
    const { id, secret, createTime, updateTime, ...rest } = made;
    assert.match(id, /^whe_[0-9a-f-]{36}$/);
    assert.deepEqual(updateTime, createTime);
    assert.deepEqual(rest, {
      ...wanted,
      enabled: true,
      disabledReason: undefined,
      disabledTime: undefined,
      etag: "1",
    });
    const shown = { ...made, secret: undefined };
    assert.deepEqual((await ann.getWebhookEndpoint({ id })).webhookEndpoint, shown);
    assert.deepEqual((await ann.listWebhookEndpoints({})).webhookEndpoints, [shown]);
  });

  it("are of merchants and administrators", async () => {
    await (await house.as("root", "ADMIN")).listWebhookEndpoints({});
    for (const role of ["CUSTOMER", "SUPPORT"] as const) {
      const somebody = await house.as("somebody", role);
      await assert.rejects(somebody.listWebhookEndpoints({}), { reason: "ROLE_REQUIRED" });
      await assert.rejects(somebody.createWebhookEndpoint({ url }), { reason: "ROLE_REQUIRED" });
    }
  });

  for (const bad of [
    "http://hooks.example",
    "https://localhost/x",
    "https://10.0.0.1",
    "nonsense",
  ]) {
    it(`do not lead to ${bad}`, async () => {
      const cid = await house.as("cid");
      await assert.rejects(cid.createWebhookEndpoint({ url: bad }), refused("url"));
      assert.deepEqual((await cid.listWebhookEndpoints({})).webhookEndpoints, []);
      const { person, endpoint, id } = await added(`owner of ${bad}`.replace(/\W/g, "-"));
      const webhookEndpoint = { url: bad };
      await assert.rejects(
        person.updateWebhookEndpoint({ id, webhookEndpoint }),
        refused("webhookEndpoint.url"),
      );
      const { webhookEndpoint: now } = await person.getWebhookEndpoint({ id });
      assert.equal(now?.etag, endpoint.etag);
    });
  }

  it("change by the fields that are named, and the same values change nothing", async () => {
    const { person, endpoint, id } = await added("dot");
    const changes = { url: "https://hooks.example/2", description: "new" };
    const updateMask = ["url"];
    const update = () => person.updateWebhookEndpoint({ id, webhookEndpoint: changes, updateMask });
    const { webhookEndpoint: changed } = await update();
    assert.ok(changed?.updateTime && endpoint.updateTime);
    assert.deepEqual(
      [changed.url, changed.description, changed.etag],
      ["https://hooks.example/2", "", "2"],
    );
    assert.deepEqual((await update()).webhookEndpoint, changed);
    const types = { eventTypes: [Type.ORDER_SHIPPED, Type.ORDER_CONFIRMED] };
    await person.updateWebhookEndpoint({ id, webhookEndpoint: types });
    const cleared = await person.updateWebhookEndpoint({
      id,
      webhookEndpoint: {},
      updateMask: ["event_types"],
    });
    assert.deepEqual(cleared.webhookEndpoint?.eventTypes, []);
    await assert.rejects(
      person.updateWebhookEndpoint({ id, webhookEndpoint: {}, updateMask: ["secret"] }),
      refused("updateMask"),
    );
    await assert.rejects(
      person.updateWebhookEndpoint({ id, webhookEndpoint: {}, updateMask: ["url"] }),
      refused("webhookEndpoint.url"),
    );
  });

  it("are switched off and on by their person, who is told since when", async () => {
    const { person, id } = await added("eli");
    const enable = (enabled: boolean) =>
      person.updateWebhookEndpoint({ id, webhookEndpoint: { enabled } });
    const { webhookEndpoint: off } = await enable(false);
    assert.deepEqual([off?.enabled, off?.disabledReason], [false, Reason.BY_OWNER]);
    assert.ok(off?.disabledTime);
    assert.deepEqual((await enable(false)).webhookEndpoint, off);
    const { webhookEndpoint: on } = await enable(true);
    assert.deepEqual(
      [on?.enabled, on?.disabledReason, on?.disabledTime, on?.etag],
      [true, undefined, undefined, "3"],
    );
  });

  it("are changed and deleted only if they are still those of the etag", async () => {
    const { person, id } = await added("fay");
    const update = (etag: string, description: string) =>
      person.updateWebhookEndpoint({ id, webhookEndpoint: { description }, etag });
    const stale = { reason: "STALE_ETAG" };
    await assert.rejects(update("0", "a"), stale);
    await update("1", "b");
    await assert.rejects(update("1", "c"), stale);
    await update("*", "d");
    await assert.rejects(person.deleteWebhookEndpoint({ id, etag: "2" }), stale);
    await person.deleteWebhookEndpoint({ id, etag: "3" });
    const notFound = { reason: "WEBHOOK_ENDPOINT_NOT_FOUND" };
    await assert.rejects(person.deleteWebhookEndpoint({ id }), notFound);
    const { rows } = await house.db.query("select from webhook_secrets where endpoint_id = $1", [
      id,
    ]);
    assert.deepEqual(rows, []);
  });

  it("are not there for anybody else, an administrator neither", async () => {
    const { person, endpoint, id } = await added("hal");
    const notFound = { reason: "WEBHOOK_ENDPOINT_NOT_FOUND" };
    for (const stranger of [await house.as("stranger"), await house.as("root", "ADMIN")]) {
      assert.deepEqual((await stranger.listWebhookEndpoints({})).webhookEndpoints, []);
      const webhookEndpoint = { description: "mine" };
      const delivery = { endpointId: id, id: "whd_1" };
      await assert.rejects(stranger.getWebhookEndpoint({ id }), notFound);
      await assert.rejects(stranger.updateWebhookEndpoint({ id, webhookEndpoint }), notFound);
      await assert.rejects(stranger.deleteWebhookEndpoint({ id }), notFound);
      await assert.rejects(stranger.rotateWebhookSecret({ id }), notFound);
      await assert.rejects(stranger.listWebhookDeliveries({ endpointId: id }), notFound);
      await assert.rejects(stranger.redeliverWebhook(delivery), notFound);
    }
    const { webhookEndpoint } = await person.getWebhookEndpoint({ id });
    assert.deepEqual(webhookEndpoint, { ...endpoint, secret: undefined });
  });
});
