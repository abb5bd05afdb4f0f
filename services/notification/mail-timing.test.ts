import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { Preferences_Digest as Digest } from "#gen/tradepost/notification/v1/notification.ts";
import { until } from "#kit/testing-until.ts";
import type { MailSink } from "../../infra/mail-sink/mail-sink.ts";
import { confirmed, type House, registered, shipped } from "./testing.ts";
import { mailingHouse, mailsTo, sent } from "./testing-mails.ts";

const HOUR_MS = 3_600_000;

describe("mails at their time", () => {
  let house: House;
  let sink: MailSink;
  let stop: () => Promise<void>;
  before(async () => {
    ({ house, sink, stop } = await mailingHouse());
  });
  after(() => stop());

  const clock = (hours: number) =>
    new Date(Date.now() + hours * HOUR_MS).toISOString().slice(11, 16);

  /** Of the job, once it is put off: when it is due. */
  async function dueAt(task: string, key: string): Promise<Date> {
    let found: Date | undefined;
    await until(async () => {
      const { rows } = await house.db.query<{ run_at: Date }>(
        `select run_at from graphile_worker.jobs
          where task_identifier = $1 and key = $2 and run_at > now() and locked_at is null`,
        [task, key],
      );
      found = rows[0]?.run_at;
      return found !== undefined;
    });
    return found as unknown as Date;
  }

  /** As if its time had come. */
  const dueNow = (key: string) =>
    house.db.query(
      `select graphile_worker.reschedule_jobs(array[id], now())
         from graphile_worker.jobs where key = $1`,
      [key],
    );

  it("wait for the end of their person's quiet hours, but for those that are required", async () => {
    const ann = await house.as("ann");
    await house.hear("users", registered("ann", "ann@example.com"));
    await sent(house, "ann", 1);
    const endTime = clock(2);
    const quietHours = { startTime: clock(-1), endTime };
    await ann.setPreferences({ preferences: { quietHours } });
    await house.hear("orders", confirmed("ann", "a1"), shipped("ann", "a1"));
    const { rows } = await house.db.query(
      "select id from notifications where user_id = 'ann' and kind = 'ORDER_SHIPPED'",
    );
    const { id } = rows[0];
    const at = await dueAt("mail", id);
    assert.equal(at.toISOString().slice(11, 16), endTime);
    await until(async () => (await mailsTo(sink, "ann@example.com")).length === 2);
    await ann.setPreferences({ preferences: {} });
    await dueNow(id);
    await sent(house, "ann", 3);
    const subjects = (await mailsTo(sink, "ann@example.com")).map(({ subject }) => subject);
    assert.deepEqual(subjects.toSorted(), [
      "Welcome to Tradepost",
      "Your order is confirmed",
      "Your order is on its way",
    ]);
  });

  it("are one mail a day for whoever wants them so", async () => {
    const ben = await house.as("ben");
    await house.hear("users", registered("ben", "ben@example.com"));
    await sent(house, "ben", 1);
    await ben.setPreferences({ preferences: { digest: Digest.DAILY } });
    await house.hear("orders", shipped("ben", "b1"), shipped("ben", "b2"));
    const at = await dueAt("digest", "digest ben");
    assert.equal(at.toISOString().slice(11), "08:00:00.000Z");
    await until(async () => {
      const { rows } = await house.db.query(
        "select from notifications where user_id = 'ben' and is_digested",
      );
      return rows.length === 2;
    });
    await dueNow("digest ben");
    await sent(house, "ben", 3);
    const [digest, ...others] = (await mailsTo(sink, "ben@example.com")).filter(
      ({ subject }) => !subject.startsWith("Welcome"),
    );
    assert.deepEqual(others, []);
    assert.equal(digest?.subject, "2 messages from Tradepost");
    const mail = await (await fetch(`${sink.httpUrl}/mails/${digest?.id}`)).json();
    assert.match(
      (mail as { text: string }).text,
      /b1 is on its way to you\.[\s\S]*b2 is on its way/,
    );
  });
});
