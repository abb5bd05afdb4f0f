import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import {
  Preferences_Channel as Channel,
  type DeepPartial,
  Preferences_Digest as Digest,
  Notification_Kind as Kind,
  type Preferences,
} from "#gen/tradepost/notification/v1/notification.ts";
import { Fault } from "#kit/errors.ts";
import { confirmed, type House, notificationHouse, shipped } from "./testing.ts";

describe("preferences", () => {
  let house: House;
  before(async () => {
    house = await notificationHouse();
  });
  after(() => house.stop());

  const mute = (kind: Kind, channel: Channel) => ({ kind, channel, enabled: false });

  it("of whoever never set any are all kinds on all channels, at once", async () => {
    const { preferences } = await (await house.as("ann")).getPreferences({});
    assert.equal(preferences?.choices.length, 42);
    assert.ok(preferences.choices.every(({ enabled }) => enabled));
    assert.deepEqual(
      preferences.choices.filter(({ required }) => required).map(({ kind }) => kind),
      [
        ...[Kind.ORDER_CONFIRMED, Kind.ORDER_CANCELLED],
        ...[Kind.PAYMENT_REFUNDED, Kind.PAYMENT_DISPUTED],
        ...[Kind.VERIFY_EMAIL, Kind.RESET_PASSWORD, Kind.PASSWORD_CHANGED],
      ],
    );
    const { quietHours, digest, timeZone, createTime, etag } = preferences;
    assert.deepEqual(
      [quietHours, digest, timeZone, createTime, etag],
      [undefined, Digest.NONE, "UTC", undefined, "0"],
    );
  });

  it("are set as a whole, and the same again changes nothing", async () => {
    const ben = await house.as("ben");
    const wanted = {
      choices: [mute(Kind.ORDER_SHIPPED, Channel.MAIL)],
      quietHours: { startTime: "22:00", endTime: "07:30" },
      digest: Digest.WEEKLY,
      timeZone: "Europe/Berlin",
    };
    const { preferences: set } = await ben.setPreferences({ preferences: wanted });
    assert.deepEqual((await ben.getPreferences({})).preferences, set);
    const off = set?.choices.filter(({ enabled }) => !enabled);
    assert.deepEqual(off, [{ ...mute(Kind.ORDER_SHIPPED, Channel.MAIL), required: false }]);
    assert.deepEqual(set?.quietHours, wanted.quietHours);
    assert.deepEqual([set?.digest, set?.timeZone], [Digest.WEEKLY, "Europe/Berlin"]);
    assert.deepEqual((await ben.setPreferences({ preferences: wanted })).preferences, set);
    const { preferences: cleared } = await ben.setPreferences({ preferences: {} });
    assert.ok(cleared?.choices.every(({ enabled }) => enabled));
    assert.deepEqual([cleared?.quietHours, cleared?.digest], [undefined, Digest.NONE]);
  });

  it("are set only if they are still those of the etag", async () => {
    const cid = await house.as("cid");
    const put = (etag: string, timeZone: string) =>
      cid.setPreferences({ preferences: { timeZone }, etag });
    const stale = { reason: "STALE_ETAG" };
    await assert.rejects(put("1", "UTC"), stale);
    await assert.rejects(put("x", "UTC"), stale);
    await put("0", "Asia/Tokyo");
    await assert.rejects(put("0", "UTC"), stale);
    await put("1", "UTC");
    await put("*", "Asia/Tokyo");
    assert.equal((await cid.getPreferences({})).preferences?.timeZone, "Asia/Tokyo");
  });

  for (const [what, preferences, field] of [
    ["a time zone that does not exist", { timeZone: "Mars/Olympus" }, "timeZone"],
    ["a kind that does not exist", { choices: [mute(77 as Kind, 1)] }, "choices[0].kind"],
    ["a test", { choices: [mute(Kind.TEST, Channel.MAIL)] }, "choices[0].kind"],
    ["no channel", { choices: [mute(Kind.WELCOME, 0 as Channel)] }, "choices[0].channel"],
    [
      "a kind that is required",
      { choices: [mute(Kind.WELCOME, Channel.MAIL), mute(Kind.ORDER_CONFIRMED, Channel.MAIL)] },
      "choices[1].enabled",
    ],
    [
      "a choice twice",
      { choices: [mute(Kind.WELCOME, Channel.MAIL), mute(Kind.WELCOME, Channel.MAIL)] },
      "choices[1]",
    ],
    [
      "25 o'clock",
      { quietHours: { startTime: "25:00", endTime: "07:00" } },
      "quietHours.startTime",
    ],
    ["hours of no length", { quietHours: { startTime: "7:00" } }, "quietHours.startTime"],
    [
      "hours that end as they begin",
      { quietHours: { startTime: "07:00", endTime: "07:00" } },
      "quietHours.endTime",
    ],
  ] as [string, DeepPartial<Preferences>, string][]) {
    it(`are not set to ${what}`, async () => {
      const dot = await house.as("dot");
      await assert.rejects(dot.setPreferences({ preferences }), (error) => {
        assert.ok(error instanceof Fault, String(error));
        assert.equal(error.reason, "INVALID_FIELD");
        assert.equal(error.violations[0]?.field, `preferences.${field}`);
        return true;
      });
      assert.equal((await dot.getPreferences({})).preferences?.etag, "0");
    });
  }

  it("keep out of the inbox, or from the mails, what is not wanted there", async () => {
    const eli = await house.as("eli");
    await eli.setPreferences({
      preferences: {
        choices: [
          mute(Kind.ORDER_CONFIRMED, Channel.INBOX),
          mute(Kind.ORDER_SHIPPED, Channel.MAIL),
        ],
      },
    });
    await house.hear("orders", confirmed("eli", "e1"), shipped("eli", "e1"));
    const { notifications, unreadCount } = await eli.listNotifications({});
    assert.deepEqual(
      notifications.map(({ kind }) => kind),
      [Kind.ORDER_SHIPPED],
    );
    assert.equal(unreadCount, 1);
    const { rows } = await house.db.query(
      `select kind from notifications join graphile_worker.jobs on key = notifications.id
        where user_id = 'eli'`,
    );
    assert.deepEqual(rows, [{ kind: "ORDER_CONFIRMED" }]);
  });
});
