import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { Notification_Kind as Kind } from "#gen/tradepost/notification/v1/notification.ts";
import { Fault } from "#kit/errors.ts";
import { until } from "#kit/testing-until.ts";
import { type House, notificationHouse } from "./testing.ts";

const HOUR_MS = 3_600_000;

describe("planned notifications", () => {
  let house: House;
  before(async () => {
    house = await notificationHouse();
  });
  after(() => house.stop());

  const inAnHour = () => new Date(Date.now() + HOUR_MS);
  const once = (sendTime = inAnHour()) => ({ $case: "sendTime" as const, value: sendTime });
  const daily = { $case: "cron" as const, value: "@daily" };
  const tea = { title: "Tea", body: "It is five." };

  it("are their person's, last planned first, until they are taken back", async () => {
    const ann = await house.planner("ann");
    const sendTime = inAnHour();
    const { scheduledNotification: first } = await ann.scheduleNotification({
      ...tea,
      when: once(sendTime),
    });
    const { scheduledNotification: second } = await ann.scheduleNotification({
      ...tea,
      when: daily,
      timeZone: "Asia/Kolkata",
    });
    assert.deepEqual([first?.nextTime, first?.cron, first?.userId], [sendTime, undefined, "ann"]);
    assert.equal(second?.nextTime?.toISOString().slice(11), "18:30:00.000Z");
    const listed = await ann.listScheduledNotifications({ pageSize: 1 });
    assert.deepEqual(listed.scheduledNotifications, [second]);
    const pageToken = listed.nextPageToken ?? "";
    const rest = await ann.listScheduledNotifications({ pageSize: 1, pageToken });
    assert.deepEqual([rest.scheduledNotifications, rest.nextPageToken], [[first], undefined]);

    const id = first?.id ?? "";
    const notFound = { reason: "NOTIFICATION_NOT_FOUND" };
    await assert.rejects(
      (await house.planner("bob")).deleteScheduledNotification({ id }),
      notFound,
    );
    await ann.deleteScheduledNotification({ id });
    await assert.rejects(ann.deleteScheduledNotification({ id }), notFound);
    const { scheduledNotifications } = await ann.listScheduledNotifications({});
    assert.deepEqual(scheduledNotifications, [second]);
  });

  it("are for others only where an administrator plans them", async () => {
    const wanted = { ...tea, when: daily, userId: "cid" };
    const eve = await house.planner("eve");
    const notAdmin = { reason: "ROLE_REQUIRED" };
    await assert.rejects(eve.scheduleNotification(wanted), notAdmin);
    await assert.rejects(eve.listScheduledNotifications({ userId: "cid" }), notAdmin);
    const admin = await house.planner("root", "ADMIN");
    const { scheduledNotification: planned } = await admin.scheduleNotification(wanted);
    const cid = await house.planner("cid");
    assert.deepEqual((await cid.listScheduledNotifications({})).scheduledNotifications, [planned]);
    const ofCid = await admin.listScheduledNotifications({ userId: "cid" });
    assert.deepEqual(ofCid.scheduledNotifications, [planned]);
    const all = await admin.listScheduledNotifications({});
    assert.ok(all.scheduledNotifications.some(({ userId }) => userId !== "cid"));
    await admin.deleteScheduledNotification({ id: planned?.id ?? "" });
    assert.deepEqual((await cid.listScheduledNotifications({})).scheduledNotifications, []);
  });

  it("come once when their time has come, however many processes look", async () => {
    const dan = await house.planner("dan");
    await dan.scheduleNotification({ ...tea, when: once() });
    const { scheduledNotification: again } = await dan.scheduleNotification({
      title: "Water",
      body: "Each day.",
      when: daily,
    });
    const processes = [house.reminding(), house.reminding(), house.reminding()];
    await house.db.query("update schedules set next_time = now() - interval '3 days'");
    await Promise.all(processes.map((one) => one.start()));
    const inbox = await house.as("dan");
    await until(async () => (await inbox.listNotifications({})).notifications.length === 2);
    await Promise.all(processes.map((one) => one.stop()));
    const { notifications } = await inbox.listNotifications({});
    assert.deepEqual(notifications.map(({ kind, title, body }) => [kind, title, body]).toSorted(), [
      [Kind.REMINDER, "Tea", "It is five."],
      [Kind.REMINDER, "Water", "Each day."],
    ]);
    const { scheduledNotifications } = await dan.listScheduledNotifications({});
    assert.deepEqual(
      scheduledNotifications.map(({ id, nextTime }) => [id, nextTime]),
      [[again?.id, again?.nextTime]],
      "that which comes once is gone, the other one comes tomorrow",
    );
    assert.ok(scheduledNotifications[0]?.lastTime);
  });

  it("are no more than a hundred a person", async () => {
    await house.db.query(
      `insert into schedules (id, user_id, title, body, time_zone, next_time, create_time)
       select 'full-' || n, 'full', '', '', 'UTC', now() + interval '1 year', now()
         from generate_series(1, 100) as n`,
    );
    const full = await house.planner("full");
    await assert.rejects(full.scheduleNotification({ ...tea, when: daily }), {
      reason: "LIMIT_REACHED",
    });
    assert.equal(await rowsOf("full"), 100);
  });

  it("are refused with the field that is wrong, and not planned", async () => {
    const ida = await house.planner("ida");
    const cron = (value: string) => ({ $case: "cron" as const, value });
    const cases = [
      [{ ...tea }, "when"],
      [{ ...tea, when: cron("0 0 30 2 *") }, "cron"],
      [{ ...tea, when: cron("2027-01-01T10:00:00Z") }, "cron"],
      [{ ...tea, when: daily, timeZone: "Mars/Olympus" }, "timeZone"],
      [{ ...tea, when: once(new Date(0)) }, "sendTime"],
      [{ ...tea, title: "", when: daily }, "title"],
      [{ ...tea, title: "a\r\nBcc: b@example.com", when: daily }, "title"],
      [{ ...tea, body: "x".repeat(2_001), when: daily }, "body"],
    ] as const;
    for (const [wanted, field] of cases) {
      await assert.rejects(ida.scheduleNotification(wanted), (error) => {
        assert.ok(error instanceof Fault, String(error));
        assert.deepEqual(
          error.violations.map((violation) => violation.field),
          [field],
        );
        return true;
      });
    }
    assert.equal(await rowsOf("ida"), 0);
  });

  async function rowsOf(userId: string): Promise<number> {
    const { rows } = await house.db.query<{ count: number }>(
      "select count(*)::int from schedules where user_id = $1",
      [userId],
    );
    return rows[0]?.count ?? 0;
  }
});
