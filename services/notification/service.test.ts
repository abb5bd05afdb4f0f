import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { Notification_Kind as Kind } from "#gen/tradepost/notification/v1/notification.ts";
import { OrderEvent } from "#gen/tradepost/order/v1/events.ts";
import { recordOf } from "#kit/testing-intake.ts";
import { uuidv7 } from "#kit/uuid.ts";
import {
  cancelled,
  confirmed,
  declined,
  disputed,
  type House,
  notificationHouse,
  refunded,
  registered,
  supportMail,
  updated,
} from "./testing.ts";

describe("notification service", () => {
  let house: House;
  before(async () => {
    house = await notificationHouse();
  });
  after(() => house.stop());

  const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 10, minute));

  it("tells a person what happened to them, in the event's time", async () => {
    await house.hear("users", { ...registered("ada", "ada@example.com"), time: at(1) });
    await house.hear(
      "orders",
      { ...confirmed("ada", "o1"), time: at(2) },
      { ...cancelled("ada", "o1"), time: at(5) },
    );
    await house.hear(
      "payments",
      { ...declined("ada", "o2"), time: at(3) },
      { ...refunded("ada", "o1"), time: at(6) },
    );
    const ada = await house.as("ada");
    const { notifications, unreadCount } = await ada.listNotifications({});
    assert.deepEqual(
      notifications.map(({ kind, orderId, createTime }) => [kind, orderId, createTime]),
      [
        [Kind.PAYMENT_REFUNDED, "o1", at(6)],
        [Kind.ORDER_CANCELLED, "o1", at(5)],
        [Kind.PAYMENT_FAILED, "o2", at(3)],
        [Kind.ORDER_CONFIRMED, "o1", at(2)],
        [Kind.WELCOME, undefined, at(1)],
      ],
    );
    assert.equal(unreadCount, 5);
    assert.deepEqual(
      notifications.map(({ body }) => body),
      [
        "$9.99 of order o1 are on their way back to you.",
        "Order o1 was cancelled. What was charged is paid back.",
        "The payment of $24.99 for order o2 was declined. Nothing was charged.",
        "Order o1 is confirmed: 2 pieces, $24.99.",
        "Hello Ada Lovelace, your account is ready.",
      ],
    );
  });

  it("tells support of a dispute, not the buyer", async () => {
    const early = { ...disputed("kim", "o7"), id: uuidv7() };
    await house.hear("payments", early, early);
    await house.hear("users", registered("sue", supportMail));
    await house.hear("payments", disputed("kim", "o8"));
    const told = async (userId: string) =>
      (await (await house.as(userId)).listNotifications({})).notifications
        .filter(({ kind }) => kind === Kind.PAYMENT_DISPUTED)
        .map(({ orderId, body }) => [orderId, body.split(": ")[0]]);
    assert.deepEqual(await told("kim"), []);
    assert.deepEqual(await told("sue"), [
      ["o8", "The bank of the buyer of order o8 disputes $24.99"],
    ]);
    // Nobody had the address yet; the mail goes there all the same.
    assert.equal((await told("support-desk")).length, 1);
    const { rows } = await house.db.query(
      "select email from contacts where user_id = 'support-desk'",
    );
    assert.deepEqual(rows, [{ email: supportMail }]);
  });

  it("tells nothing of what concerns nobody", async () => {
    const placed = { userId: "bob", fact: { $case: "placed", value: {} } };
    const rejected = { userId: "bob", fact: { $case: "rejected", value: { reason: "x" } } };
    await house.hear(
      "orders",
      recordOf(OrderEvent, "o1", placed),
      recordOf(OrderEvent, "o1", rejected),
      // What a later version may write.
      { key: "o1", value: '{"userId": "bob", "orderId": "o1", "giftWrapped": {}}' },
    );
    await house.hear("users", updated("bob", "bob@example.com", 2n));
    const bob = await house.as("bob");
    assert.deepEqual((await bob.listNotifications({})).notifications, []);
  });

  it("tells each event once, however often it is heard", async () => {
    const event = { ...confirmed("eve", "o3"), id: uuidv7() };
    await house.hear("orders", event, event);
    await house.hear("orders", event);
    // Even if what was seen is forgotten, as after a rebuild.
    await house.db.query("delete from inbox");
    await house.hear("orders", event);
    const eve = await house.as("eve");
    assert.equal((await eve.listNotifications({})).notifications.length, 1);
    const { rows } = await house.db.query(
      `select 1 from graphile_worker.jobs j join notifications n on n.id = j.key
        where n.user_id = 'eve'`,
    );
    assert.equal(rows.length, 1, "one mail");
  });

  it("opens a notification once: the first time stays", async () => {
    await house.hear("orders", confirmed("opener", "o4"), confirmed("opener", "o5"));
    const opener = await house.as("opener");
    const { notifications } = await opener.listNotifications({});
    const fresh = notifications[0];
    assert.ok(fresh && fresh.openTime === undefined);
    const { notification: opened } = await opener.openNotification({ id: fresh.id });
    assert.ok(opened?.openTime);
    assert.notEqual(opened.etag, fresh.etag);
    assert.ok(opened.updateTime);
    const { notification: again } = await opener.openNotification({ id: fresh.id });
    assert.deepEqual(again, opened);
    assert.deepEqual((await opener.getNotification({ id: fresh.id })).notification, opened);
    const { notifications: unread, unreadCount } = await opener.listNotifications({ unread: true });
    assert.deepEqual(
      unread.map(({ orderId }) => orderId),
      [notifications[1]?.orderId],
    );
    assert.equal(unreadCount, 1);
  });

  it("hides notifications from all but their person", async () => {
    await house.hear("orders", confirmed("owner", "o6"));
    const { notifications } = await (await house.as("owner")).listNotifications({});
    const id = notifications[0]?.id ?? "";
    const stranger = await house.as("stranger");
    const notFound = { reason: "NOTIFICATION_NOT_FOUND" };
    await assert.rejects(stranger.getNotification({ id }), notFound);
    await assert.rejects(stranger.openNotification({ id }), notFound);
    assert.deepEqual((await stranger.listNotifications({})).notifications, []);
    const { notification } = await (await house.as("owner")).getNotification({ id });
    assert.equal(notification?.openTime, undefined, "nobody opened it");
  });

  it("lists page by page, those of one moment too", async () => {
    const orders = ["p1", "p2", "p3", "p4", "p5"];
    const told = orders.map((id) => ({ ...confirmed("pager", id), time: at(7) }));
    await house.hear("orders", ...told);
    const pager = await house.as("pager");
    const seen: (string | undefined)[] = [];
    let pageToken = "";
    for (let page = 0; page < 3; page++) {
      const answer = await pager.listNotifications({ pageSize: 2, pageToken });
      assert.equal(answer.unreadCount, 5);
      seen.push(...answer.notifications.map(({ orderId }) => orderId));
      pageToken = answer.nextPageToken ?? "";
    }
    assert.equal(pageToken, "");
    assert.deepEqual(seen.toSorted(), orders);
  });

  it("refuses a page token that is forged, another's or of another filter", async () => {
    const pager = await house.as("pager");
    const { nextPageToken = "" } = await pager.listNotifications({ pageSize: 2 });
    const refused = { reason: "INVALID_PAGE_TOKEN" };
    const asked = { pageToken: nextPageToken };
    await assert.rejects(pager.listNotifications({ pageToken: `${nextPageToken}x` }), refused);
    await assert.rejects(pager.listNotifications({ ...asked, unread: true }), refused);
    await assert.rejects((await house.as("ada")).listNotifications(asked), refused);
  });
});
