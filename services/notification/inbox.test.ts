import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import {
  Notification_Kind as Kind,
  type WatchNotificationsResponse,
} from "#gen/tradepost/notification/v1/notification.ts";
import { cancelled, confirmed, type House, notificationHouse } from "./testing.ts";

const TIMEOUT_MS = 15_000;

describe("an inbox", () => {
  let house: House;
  before(async () => {
    house = await notificationHouse();
  });
  after(() => house.stop());

  /** A person who was told of these orders, oldest first. */
  async function told(userId: string, ...orders: string[]) {
    await house.hear("orders", ...orders.map((id) => confirmed(userId, id)));
    const person = await house.as(userId);
    const { notifications } = await person.listNotifications({});
    const ids = orders.map((order) => notifications.find(({ orderId }) => orderId === order)?.id);
    return { person, ids: ids as string[] };
  }

  /** What a stream says, one by one; ended by `end`. */
  async function listening(person: Awaited<ReturnType<House["as"]>>, cursor = "") {
    const ending = new AbortController();
    const options = { timeoutMs: TIMEOUT_MS, signal: ending.signal };
    const stream = person.watchNotifications({ cursor }, options)[Symbol.asyncIterator]();
    return {
      async next() {
        const { value } = await stream.next();
        const { notification, cursor: place } = value as WatchNotificationsResponse;
        return { orderId: notification?.orderId, etag: notification?.etag, cursor: place };
      },
      end: () => ending.abort(),
    };
  }

  it("takes an act for a reading, and keeps the first time of each", async () => {
    const { person, ids } = await told("ann", "a1");
    const [id = ""] = ids;
    const { notification: acted } = await person.actOnNotification({ id });
    assert.ok(acted?.actTime && acted.openTime);
    assert.equal(acted.etag, "opened-acted");
    await person.openNotification({ id });
    const { notification: again } = await person.actOnNotification({ id });
    assert.deepEqual(again, acted);
    assert.equal((await person.listNotifications({})).unreadCount, 0);
  });

  it("is without what was dismissed, which its id still finds, unread", async () => {
    const { person, ids } = await told("ben", "b1", "b2");
    const [id = ""] = ids;
    const { notification: gone } = await person.dismissNotification({ id });
    assert.ok(gone?.dismissTime);
    assert.equal(gone.openTime, undefined);
    const { notifications, unreadCount } = await person.listNotifications({});
    assert.deepEqual(
      notifications.map(({ orderId }) => orderId),
      ["b2"],
    );
    assert.equal(unreadCount, 1);
    assert.deepEqual((await person.getNotification({ id })).notification, gone);
  });

  it("is read as a whole, and nobody else's with it", async () => {
    const { person, ids } = await told("cid", "c1", "c2", "c3");
    const { person: other } = await told("dot", "d1");
    await person.openNotification({ id: ids[0] ?? "" });
    assert.equal((await person.openAllNotifications({})).openedCount, 2);
    assert.equal((await person.openAllNotifications({})).openedCount, 0);
    assert.equal((await person.listNotifications({})).unreadCount, 0);
    assert.equal((await other.listNotifications({})).unreadCount, 1);
  });

  it("is nobody else's to act upon or dismiss", async () => {
    const { ids } = await told("eli", "e1");
    const [id = ""] = ids;
    const stranger = await house.as("stranger");
    const notFound = { reason: "NOTIFICATION_NOT_FOUND" };
    await assert.rejects(stranger.actOnNotification({ id }), notFound);
    await assert.rejects(stranger.dismissNotification({ id }), notFound);
  });

  it("gets a test when its person asks, once for a key, and with it a mail", async () => {
    const person = await house.as("ida");
    const test = (idempotencyKey: string) => person.testNotification({}, { idempotencyKey });
    const { notification } = await test("1");
    assert.deepEqual((await test("1")).notification, notification);
    await test("2");
    const { notifications } = await person.listNotifications({});
    assert.deepEqual(
      notifications.map(({ kind }) => kind),
      [Kind.TEST, Kind.TEST],
    );
    const { rows } = await house.db.query("select from graphile_worker.jobs where key = $1", [
      notification?.id,
    ]);
    assert.equal(rows.length, 1);
  });

  it("can be watched: what is new and what changes, of oneself, from now on", async () => {
    const { person } = await told("fay", "f1");
    const stream = await listening(person);
    // What another process does is seen as well; a first word shows that the stream is open.
    const opened = stream.next();
    let count = 0;
    while (count === 0) {
      await told("fay", `f2-${count}`);
      count = await Promise.race([opened.then(() => 1), told("gus", "g1").then(() => 0)]);
    }
    assert.equal((await opened).orderId?.startsWith("f2"), true);
    stream.end();
  });

  it("is watched on from where a stream ended, nothing left out", async () => {
    const { person, ids } = await told("hal", "h1");
    const stream = await listening(person, "2026-01-01T00:00:00.000Z");
    const first = await stream.next();
    assert.deepEqual([first.orderId, first.etag], ["h1", "new"]);
    await person.openNotification({ id: ids[0] ?? "" });
    const second = await stream.next();
    assert.deepEqual([second.orderId, second.etag], ["h1", "opened"]);
    stream.end();
    await house.hear("orders", cancelled("hal", "h2"), confirmed("hal", "h3"));
    const resumed = await listening(person, second.cursor);
    const seen = new Set<string | undefined>();
    while (!seen.has("h2") || !seen.has("h3")) {
      seen.add((await resumed.next()).orderId);
    }
    resumed.end();
  });
});
