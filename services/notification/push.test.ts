import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { importJWK, jwtVerify } from "jose";
import { after, before, describe, it } from "mocha";
import {
  Preferences_Channel as Channel,
  Notification_Kind as Kind,
} from "#gen/tradepost/notification/v1/notification.ts";
import type { Fault } from "#kit/errors.ts";
import { until } from "#kit/testing-until.ts";
import { confirmed, type House, notificationHouse, shipped } from "./testing.ts";
import { browser, type PushHost, startPushHost } from "./testing-push.ts";

describe("web push", function () {
  this.timeout(20_000);
  let house: House;
  let host: PushHost;
  let stop: () => Promise<void>;
  before(async () => {
    house = await notificationHouse();
    host = await startPushHost();
    const worker = house.pushing();
    await worker.start();
    stop = async () => {
      await worker.stop();
      host.stop();
      await house.stop();
    };
  });
  after(() => stop());

  const at = (path: string) => host.pushed.filter((one) => one.path === path);

  /** As if the push service of that name were here. */
  async function subscribe(userId: string, path: string) {
    const own = browser();
    const pushSubscription = { endpoint: `https://push.example.com${path}`, keys: own.keys };
    await (await house.pusher(userId)).createPushSubscription({ pushSubscription });
    await house.db.query(
      "update push_subscriptions set endpoint = $1 || $2 where endpoint like '%' || $2",
      [host.origin, path],
    );
    return own;
  }

  it("tells each browser of a person's, in words that only it can read", async () => {
    const [phone, laptop] = [await subscribe("ada", "/phone"), await subscribe("ada", "/laptop")];
    await house.hear("orders", confirmed("ada", "o1"), confirmed("bob", "o2"));
    await until(async () => host.pushed.length === 2);
    const [one] = at("/phone");
    assert.ok(one);
    const { notifications } = await (await house.as("ada")).listNotifications({});
    const [notification] = notifications;
    assert.deepEqual(phone.read(one.body), {
      id: notification?.id,
      kind: "ORDER_CONFIRMED",
      title: "Your order is confirmed",
      body: "Order o1 is confirmed: 2 pieces, $24.99.",
      orderId: "o1",
    });
    assert.equal(laptop.read(at("/laptop")[0]?.body as Buffer).id, notification?.id);
    assert.throws(() => laptop.read(one.body));
    assert.equal(one.headers["content-encoding"], "aes128gcm");
    assert.equal(one.headers.topic, notification?.id.replaceAll("-", ""));
    assert.ok(Number(one.headers.ttl) > 0);
  });

  it("says who we are, by the key that browsers subscribe to", async () => {
    const { preferences } = await (await house.as("ada")).getPreferences({});
    const [, token = "", key] =
      /^vapid t=(.+), k=(.+)$/.exec(at("/phone")[0]?.headers.authorization ?? "") ?? [];
    assert.equal(key, preferences?.pushKey);
    const point = Buffer.from(key ?? "", "base64url");
    const [x, y] = [point.subarray(1, 33), point.subarray(33)];
    const jwk = { kty: "EC", crv: "P-256", x: x.toString("base64url"), y: y.toString("base64url") };
    const { payload } = await jwtVerify(token, await importJWK(jwk, "ES256"), {
      audience: host.origin,
    });
    assert.equal(payload.sub, "mailto:support@example.com");
  });

  it("tries again when the push service is in trouble, and forgets a browser that has gone", async () => {
    await subscribe("cid", "/busy");
    await subscribe("cid", "/gone");
    host.answers.set("/busy", [503]);
    host.answers.set("/gone", [410]);
    await house.hear("orders", confirmed("cid", "o3"));
    await until(async () => at("/busy").length === 2);
    await until(async () => (await endpoints("cid")).length === 1);
    assert.deepEqual(await endpoints("cid"), [`${host.origin}/busy`]);
    assert.equal(at("/gone").length, 1);
  });

  it("is left where it was switched off, and waits while it is quiet", async () => {
    await subscribe("dan", "/dan");
    const dan = await house.as("dan");
    const now = new Date();
    const clock = (hours: number) =>
      `${String((now.getUTCHours() + 24 + hours) % 24).padStart(2, "0")}:00`;
    await dan.setPreferences({
      preferences: {
        choices: [{ kind: Kind.ORDER_SHIPPED, channel: Channel.PUSH, enabled: false }],
        quietHours: { startTime: clock(-1), endTime: clock(2) },
      },
    });
    await house.hear("orders", shipped("dan", "o4"), confirmed("dan", "o4"));
    await until(async () => (await waiting("dan")).some(({ isLater }) => isLater));
    assert.equal((await waiting("dan")).length, 1, "what was switched off is no job");
    await dan.testNotification({});
    await until(async () => at("/dan").length === 1);
  });

  it("cuts what is too long for a message", async () => {
    const own = await subscribe("eve", "/eve");
    const planner = await house.planner("eve");
    await planner.scheduleNotification({
      title: "Tea",
      body: "🍵".repeat(1_000),
      when: { $case: "sendTime", value: new Date(Date.now() + 3_600_000) },
    });
    await house.db.query("update schedules set next_time = now()");
    const reminding = house.reminding();
    await reminding.start();
    await until(async () => at("/eve").length === 1);
    await reminding.stop();
    const { body } = own.read(at("/eve")[0]?.body as Buffer);
    assert.match(body, /^(🍵)+…$/u);
  });

  it("goes with its person's word, and with another's who has the browser now", async () => {
    const own = browser();
    const pushSubscription = { endpoint: "https://push.example.com/shared", keys: own.keys };
    const [fay, gus] = [await house.pusher("fay"), await house.pusher("gus")];
    await fay.createPushSubscription({ pushSubscription });
    await gus.createPushSubscription({ pushSubscription });
    assert.deepEqual(await endpoints("fay"), []);
    await fay.deletePushSubscriptions({ endpoint: pushSubscription.endpoint });
    assert.deepEqual(await endpoints("gus"), [pushSubscription.endpoint]);
    await gus.deletePushSubscriptions({});
    assert.deepEqual(await endpoints("gus"), []);
  });

  it("is refused for what is no browser, with the field", async () => {
    const ida = await house.pusher("ida");
    const { keys } = browser();
    const good = { endpoint: "https://push.example.com/ida", keys };
    const auth = randomBytes(16).toString("base64url");
    for (const [wrong, field] of [
      [{ ...good, endpoint: "https://localhost/ida" }, "pushSubscription.endpoint"],
      [{ ...good, endpoint: "https://10.0.0.1/ida" }, "pushSubscription.endpoint"],
      [{ ...good, endpoint: "http://push.example.com/ida" }, "pushSubscription.endpoint"],
      [{ ...good, keys: { p256dh: "A".repeat(87), auth } }, "pushSubscription.keys"],
      [{ ...good, keys: { ...keys, auth: "AAAA" } }, "pushSubscription.keys.auth"],
      [{ endpoint: good.endpoint }, "pushSubscription.keys"],
    ] as const) {
      await assert.rejects(
        ida.createPushSubscription({ pushSubscription: wrong }),
        ({ violations }: Fault) => {
          assert.equal(violations[0]?.field, field);
          return true;
        },
      );
    }
    assert.deepEqual(await endpoints("ida"), []);
  });

  async function endpoints(userId: string): Promise<string[]> {
    const { rows } = await house.db.query<{ endpoint: string }>(
      "select endpoint from push_subscriptions where user_id = $1",
      [userId],
    );
    return rows.map(({ endpoint }) => endpoint);
  }

  async function waiting(userId: string) {
    const { rows } = await house.db.query<{ isLater: boolean }>(
      `select run_at > now() + interval '1 minute' as "isLater"
         from graphile_worker.jobs j
         join notifications n on j.key like 'push ' || n.id || ' %'
        where n.user_id = $1`,
      [userId],
    );
    return rows;
  }
});
