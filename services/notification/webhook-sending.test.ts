import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { Webhook } from "standardwebhooks";
import { until } from "#kit/testing-until.ts";
import {
  type Answer,
  hang,
  type Received,
  type Receiver,
  startReceiver,
} from "./testing-receiver.ts";
import {
  anOrderConfirmed,
  type DeliveryRow,
  openGuard,
  type WebhookHouse,
  webhookHouse,
} from "./testing-webhooks.ts";
import type { webhookSending } from "./webhook-sending.ts";

const LIMIT_MS = 400;

describe("webhooks", function () {
  this.timeout(40_000);
  let house: WebhookHouse;
  let receiver: Receiver;
  let sending: ReturnType<typeof webhookSending>;
  before(async () => {
    house = await webhookHouse({ guard: openGuard });
    receiver = await startReceiver();
    sending = house.sending({ limitMs: LIMIT_MS });
    await sending.start();
  });
  after(async () => {
    await sending.stop();
    await receiver.stop();
    await house.stop();
  });

  const endpointAt = (path: string) =>
    house.endpointOf(`owner-of${path.replace("/", "-")}`, receiver.url(path));

  const verified = (secret: string, one: Received | undefined) =>
    new Webhook(secret).verify(one?.body ?? "", (one?.headers ?? {}) as Record<string, string>);

  it("are posted as JSON, signed", async () => {
    const { id, secret, remove } = await endpointAt("/plain");
    await house.hear("orders", anOrderConfirmed("o1"));
    const [delivery] = await house.settled(id, ({ status }) => status === "SUCCEEDED");
    const [one, ...others] = receiver.at("/plain");
    assert.deepEqual(others, []);
    const { type, data } = verified(secret, one) as { type: string; data: { orderId: string } };
    assert.deepEqual([type, data.orderId], ["order.confirmed", "o1"]);
    assert.equal(one?.headers["webhook-id"], delivery?.id);
    assert.equal(one?.headers["content-type"], "application/json");
    assert.throws(() => verified(`whsec_${Buffer.alloc(32).toString("base64")}`, one));
    assert.deepEqual(
      [delivery?.attempts, delivery?.lastStatus, delivery?.lastError],
      [1, 204, null],
    );
    assert.ok((delivery?.lastMs ?? -1) >= 0);
    await remove();
  });

  it("that fail come again later, under the same id and with a new signature", async () => {
    const { id, secret, remove } = await endpointAt("/twice");
    receiver.answers("/twice", 500, 200);
    const heardAt = Date.now();
    await house.hear("orders", anOrderConfirmed("o2"));
    const [failed] = await house.settled(id, ({ attempts }) => attempts === 1);
    assert.deepEqual([failed?.status, failed?.lastStatus], ["PENDING", 500]);
    assert.ok((failed?.nextTime?.getTime() ?? 0) - heardAt >= 4_500);
    await house.dueNow();
    const [delivery] = await house.settled(id, ({ status }) => status === "SUCCEEDED");
    assert.deepEqual([delivery?.attempts, delivery?.lastStatus], [2, 200]);
    const [first, second] = receiver.at("/twice");
    assert.equal(first?.headers["webhook-id"], second?.headers["webhook-id"]);
    assert.deepEqual(verified(secret, second), verified(secret, first));
    await remove();
  });

  it("are given up after the fifth try, and sent once more when they are asked for", async () => {
    const { person, id, remove } = await endpointAt("/never");
    receiver.answers("/never", 503, 503, 503, 503, 503, 200);
    await house.hear("orders", anOrderConfirmed("o3"));
    let failed: DeliveryRow | undefined;
    await until(async () => {
      await house.dueNow();
      [failed] = await house.deliveries(id);
      return failed?.status === "FAILED";
    });
    assert.deepEqual([failed?.attempts, failed?.nextTime], [5, null]);
    assert.equal(receiver.at("/never").length, 5);
    await person.redeliverWebhook({ endpointId: id, id: failed?.id ?? "" });
    const [delivery] = await house.settled(id, ({ status }) => status === "SUCCEEDED");
    assert.equal(delivery?.attempts, 6);
    await remove();
  });

  it("follow no redirect", async () => {
    const { id, remove } = await endpointAt("/moved");
    const location = receiver.url("/elsewhere");
    receiver.answers("/moved", (response) => void response.writeHead(307, { location }).end());
    await house.hear("orders", anOrderConfirmed("o4"));
    const [delivery] = await house.settled(id, ({ attempts }) => attempts === 1);
    assert.deepEqual([delivery?.status, delivery?.lastStatus], ["PENDING", 307]);
    assert.deepEqual(receiver.at("/elsewhere"), []);
    await remove();
  });

  const slow: readonly (readonly [string, Answer])[] = [
    ["answers nothing", hang],
    ["does not end its answer", (response) => void response.writeHead(200).write("a")],
  ];
  for (const [what, answer] of slow) {
    it(`do not wait for an endpoint that ${what}`, async () => {
      const path = `/${what.replaceAll(" ", "-")}`;
      const { id, remove } = await endpointAt(path);
      receiver.answers(path, answer);
      await house.hear("orders", anOrderConfirmed("o5"));
      const [delivery] = await house.settled(id, ({ attempts }) => attempts === 1);
      assert.deepEqual(
        [delivery?.status, delivery?.lastStatus, delivery?.lastError],
        ["PENDING", null, "TIMED_OUT"],
      );
      assert.ok((delivery?.lastMs ?? 0) >= LIMIT_MS - 5);
      await remove();
    });
  }

  it("read no more than 64 KB of an answer", async () => {
    const { id, remove } = await endpointAt("/chatty");
    receiver.answers("/chatty", (response) => {
      response.writeHead(200);
      const more = () => void (response.destroyed || response.write(Buffer.alloc(16_384), more));
      more();
    });
    await house.hear("orders", anOrderConfirmed("o6"));
    await house.settled(id, ({ status }) => status === "SUCCEEDED");
    await remove();
  });

  it("say what is wrong with a connection", async () => {
    const closed = await startReceiver();
    await closed.stop();
    const { id, remove } = await house.endpointOf("owner-of-nothing", closed.url("/"));
    await house.hear("orders", anOrderConfirmed("o7"));
    const [delivery] = await house.settled(id, ({ attempts }) => attempts === 1);
    assert.equal(delivery?.lastError, "CONNECTION_FAILED");
    await remove();
  });

  it("are signed with the former secret too, until its day is over", async () => {
    const { person, id, secret: former, remove } = await endpointAt("/rotated");
    const { webhookEndpoint } = await person.rotateWebhookSecret({ id });
    const present = webhookEndpoint?.secret ?? "";
    await house.hear("orders", anOrderConfirmed("o8"));
    await house.settled(id, ({ status }) => status === "SUCCEEDED");
    const [both] = receiver.at("/rotated");
    assert.equal(String(both?.headers["webhook-signature"]).split(" ").length, 2);
    assert.deepEqual(verified(present, both), verified(former, both));
    await house.db.query(
      "update webhook_secrets set expire_time = now() where expire_time is not null",
    );
    await house.hear("orders", anOrderConfirmed("o9"));
    await house.settled(id, ({ status }) => status === "SUCCEEDED");
    const one = receiver.at("/rotated")[1];
    verified(present, one);
    assert.throws(() => verified(former, one), /No matching signature/);
    await remove();
  });

  it("that nobody can take any more are sent nowhere: their endpoint is gone", async () => {
    const { id, remove } = await endpointAt("/forgotten");
    receiver.answers("/forgotten", 500);
    await house.hear("orders", anOrderConfirmed("o10"));
    await house.settled(id, ({ attempts }) => attempts === 1);
    await remove();
    await house.dueNow();
    await until(async () => {
      const { rows } = await house.db.query(
        "select from graphile_worker.jobs j where j.task_identifier = 'webhook'",
      );
      return rows.length === 0;
    });
    assert.equal(receiver.at("/forgotten").length, 1);
  });
});
