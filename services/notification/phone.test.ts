import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import {
  Preferences_Channel as Channel,
  Notification_Kind as Kind,
} from "#gen/tradepost/notification/v1/notification.ts";
import type { Fault } from "#kit/errors.ts";
import { until } from "#kit/testing-until.ts";
import { type MailSink, startMailSink } from "../../infra/mail-sink/mail-sink.ts";
import type { Text } from "../../infra/mail-sink/texts.ts";
import { forgetCodes } from "./phone-store.ts";
import { confirmed, type House, notificationHouse, shipped } from "./testing.ts";

describe("SMS", () => {
  let house: House;
  let sink: MailSink;
  let stop: () => Promise<void>;
  before(async () => {
    house = await notificationHouse();
    sink = await startMailSink({ smtpPort: 0, httpPort: 0 });
    const worker = house.texting(
      `${sink.httpUrl.replace("http://", "twilio+http://AC1:x@")}?from=%2B15550100`,
    );
    await worker.start();
    stop = async () => {
      await worker.stop();
      await sink.stop();
      await house.stop();
    };
  });
  after(() => stop());

  async function textsTo(number: string): Promise<string[]> {
    const answer = await fetch(`${sink.httpUrl}/texts?to=${encodeURIComponent(number)}`);
    return ((await answer.json()) as { texts: Text[] }).texts.map(({ text }) => text);
  }

  /** The `count`th that came to a number, without its words. */
  async function codeTo(number: string, count = 1): Promise<string> {
    await until(async () => (await textsTo(number)).length === count);
    const [newest = ""] = await textsTo(number);
    const [, code = ""] = /^(\d{6}) is your code/.exec(newest) ?? [];
    return code;
  }

  /** Somebody who takes SMS there. */
  async function withPhone(userId: string, number: string) {
    const person = await house.caller(userId);
    await person.setPhone({ phone: { number } });
    await person.verifyPhone({ code: await codeTo(number) });
    return person;
  }

  const reasonOf = (call: Promise<unknown>) =>
    call.then(
      () => "none",
      (fault: Fault) => fault.reason,
    );

  async function jobsOf(task: string): Promise<{ isLater: boolean }[]> {
    const { rows } = await house.db.query<{ isLater: boolean }>(
      `select run_at > now() + interval '1 minute' as "isLater"
         from graphile_worker.jobs where task_identifier = $1`,
      [task],
    );
    return rows;
  }

  it("go to a number whose person has told its code, and to no other", async () => {
    const ada = await house.caller("ada");
    assert.equal(await reasonOf(ada.getPhone({})), "PHONE_NOT_FOUND");
    const { phone } = await ada.setPhone({ phone: { number: "+4915100000001", verified: true } });
    assert.deepEqual([phone?.number, phone?.verified], ["+4915100000001", false]);
    const code = await codeTo("+4915100000001");
    await house.hear("orders", confirmed("ada", "o1"));
    assert.equal((await ada.verifyPhone({ code })).phone?.verified, true);
    assert.equal((await ada.getPhone({})).phone?.verified, true);
    await house.hear("orders", shipped("ada", "o1"));
    await until(async () => (await textsTo("+4915100000001")).length === 2);
    const [newest] = await textsTo("+4915100000001");
    assert.equal(newest, "Your order is on its way: All of order o1 is on its way to you.");
    await ada.deletePhone({});
    await house.hear("orders", shipped("ada", "o2"));
    assert.equal(await reasonOf(ada.verifyPhone({ code })), "PHONE_NOT_FOUND");
    assert.deepEqual(await jobsOf("sms"), []);
  });

  it("need the last code, within ten minutes and five tries", async () => {
    const bob = await house.caller("bob");
    const number = "+4915100000002";
    const again = () => bob.setPhone({ phone: { number } });
    await again();
    const first = await codeTo(number);
    await again();
    const second = await codeTo(number, 2);
    if (first !== second) {
      assert.equal(await reasonOf(bob.verifyPhone({ code: first })), "INVALID_FIELD");
    }
    await house.db.query("update phones set code_expire = now() where user_id = 'bob'");
    assert.equal(await reasonOf(bob.verifyPhone({ code: second })), "INVALID_FIELD");
    await again();
    const third = await codeTo(number, 3);
    const wrong = third === "000000" ? "000001" : "000000";
    for (let tries = 0; tries < 5; tries++) {
      assert.equal(await reasonOf(bob.verifyPhone({ code: wrong })), "INVALID_FIELD");
    }
    assert.equal(await reasonOf(bob.verifyPhone({ code: third })), "INVALID_FIELD");
    await again();
    await bob.verifyPhone({ code: await codeTo(number, 4) });
    // What is verified is so, also for a client that asks again.
    await bob.verifyPhone({ code: wrong });
    assert.equal((await again()).phone?.verified, true);
    assert.equal((await textsTo(number)).length, 4);
  });

  it("carry five codes a day to a person, and to a number", async () => {
    const cid = await house.caller("cid");
    const ask = (caller: typeof cid, number: string) => caller.setPhone({ phone: { number } });
    for (const last of [1, 2, 3, 4, 5]) {
      await ask(cid, `+491520000000${last}`);
    }
    assert.equal(await reasonOf(ask(cid, "+4915200000006")), "RATE_LIMITED");
    assert.equal((await cid.getPhone({})).phone?.number, "+4915200000005");
    for (const name of ["dan", "eve", "fay", "gus"]) {
      await ask(await house.caller(name), "+4915200000001");
    }
    const hal = await house.caller("hal");
    assert.equal(await reasonOf(ask(hal, "+4915200000001")), "RATE_LIMITED");
    await house.db.query("update phone_codes set create_time = now() - interval '1 day'");
    await ask(hal, "+4915200000001");
    await forgetCodes(house.db);
    const { rows } = await house.db.query("select user_id from phone_codes");
    assert.deepEqual(rows, [{ user_id: "hal" }]);
  });

  it("end at a number that takes none, until it is verified again", async () => {
    const ivy = await withPhone("ivy", "+4915100000003");
    await house.db.query("update phones set number = '+1' where user_id = 'ivy'");
    await house.hear("orders", confirmed("ivy", "o3"));
    await until(async () => (await ivy.getPhone({})).phone?.verified === false);
    await until(async () => (await jobsOf("sms")).length === 0);
  });

  it("are left where they were switched off, and wait while it is quiet", async () => {
    await withPhone("joe", "+4915100000004");
    const now = new Date();
    const clock = (hours: number) =>
      `${String((now.getUTCHours() + 24 + hours) % 24).padStart(2, "0")}:00`;
    const joe = await house.as("joe");
    await joe.setPreferences({
      preferences: {
        choices: [{ kind: Kind.ORDER_SHIPPED, channel: Channel.SMS, enabled: false }],
        quietHours: { startTime: clock(-1), endTime: clock(2) },
      },
    });
    await house.hear("orders", shipped("joe", "o4"), confirmed("joe", "o4"));
    await until(async () => (await jobsOf("sms")).some(({ isLater }) => isLater));
    assert.equal((await jobsOf("sms")).length, 1, "what was switched off is no job");
    await joe.testNotification({});
    await until(async () => (await textsTo("+4915100000004")).length === 2);
  });
});
