import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import {
  Preferences_Channel as Channel,
  Notification_Kind as Kind,
} from "#gen/tradepost/notification/v1/notification.ts";
import type { Fault } from "#kit/errors.ts";
import { confirmed, type House, registered, shipped } from "./testing.ts";
import { mailingHouse, sent } from "./testing-mails.ts";

describe("what became of what was told", function () {
  this.timeout(20_000);
  let house: House;
  let stop: () => Promise<void>;
  before(async () => {
    ({ house, stop } = await mailingHouse());
  });
  after(() => stop());

  const at = (day: number) => new Date(Date.UTC(2026, 4, day, 23, 30));
  const range = { from: new Date("2026-05-01T00:00:00Z"), to: new Date("2026-05-31T00:00:00Z") };

  it("is counted by day, kind and channel", async () => {
    await house.hear("users", { ...registered("ada", "ada@example.com"), time: at(1) });
    const ada = await house.as("ada");
    await ada.setPreferences({
      preferences: {
        choices: [
          { kind: Kind.ORDER_SHIPPED, channel: Channel.MAIL, enabled: false },
          { kind: Kind.ORDER_DELIVERED, channel: Channel.INBOX, enabled: false },
        ],
      },
    });
    await house.hear(
      "orders",
      { ...confirmed("ada", "o1"), time: at(2) },
      { ...confirmed("ada", "o2"), time: at(2) },
      { ...shipped("ada", "o1"), time: at(3) },
      { ...confirmed("nobody-known", "o3"), time: at(3) },
      { ...confirmed("nobody-known", "o4"), time: at(4) },
    );
    await sent(house, "ada", 3);
    const { notifications } = await ada.listNotifications({});
    const of = (orderId: string, kind: Kind) =>
      notifications.find((one) => one.orderId === orderId && one.kind === kind)?.id ?? "";
    await ada.actOnNotification({ id: of("o1", Kind.ORDER_CONFIRMED) });
    await ada.openNotification({ id: of("o2", Kind.ORDER_CONFIRMED) });
    await house.db.query(
      `update graphile_worker._private_jobs set attempts = max_attempts
        where key = (select id from notifications where order_id = 'o4')`,
    );

    const admin = await house.as("root", "ADMIN");
    const { stats } = await admin.getNotificationStats(range);
    const none = { queued: 0, sent: 0, delivered: 0, opened: 0, acted: 0, failed: 0 };
    const inbox = { ...none, channel: Channel.INBOX, sent: 1, delivered: 1 };
    const mail = { ...none, channel: Channel.MAIL };
    assert.deepEqual(stats, [
      { day: "2026-05-04", kind: Kind.ORDER_CONFIRMED, ...inbox },
      { day: "2026-05-04", kind: Kind.ORDER_CONFIRMED, ...mail, failed: 1 },
      { day: "2026-05-03", kind: Kind.ORDER_CONFIRMED, ...inbox },
      { day: "2026-05-03", kind: Kind.ORDER_CONFIRMED, ...mail, queued: 1 },
      { day: "2026-05-03", kind: Kind.ORDER_SHIPPED, ...inbox },
      { day: "2026-05-03", kind: Kind.ORDER_SHIPPED, ...mail },
      {
        ...{ day: "2026-05-02", kind: Kind.ORDER_CONFIRMED, ...inbox },
        ...{ sent: 2, delivered: 2, opened: 2, acted: 1 },
      },
      { day: "2026-05-02", kind: Kind.ORDER_CONFIRMED, ...mail, sent: 2, delivered: 2 },
      { day: "2026-05-01", kind: Kind.WELCOME, ...inbox },
      { day: "2026-05-01", kind: Kind.WELCOME, ...mail, sent: 1, delivered: 1 },
    ]);
  });

  it("is for administrators, of a range that is not empty and not too long", async () => {
    const ada = await house.as("ada");
    await assert.rejects(ada.getNotificationStats(range), { reason: "ROLE_REQUIRED" });
    const admin = await house.as("root", "ADMIN");
    assert.deepEqual((await admin.getNotificationStats({})).stats, []);
    const day = 86_400_000;
    const from = (days: number) => new Date(range.to.getTime() - days * day);
    await admin.getNotificationStats({ ...range, from: from(92) });
    for (const [wrong, field] of [
      [{ ...range, from: from(0) }, "to"],
      [{ ...range, from: from(93) }, "from"],
    ] as const) {
      await assert.rejects(admin.getNotificationStats(wrong), ({ violations }: Fault) => {
        assert.equal(violations[0]?.field, field);
        return true;
      });
    }
  });
});
