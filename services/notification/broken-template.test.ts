import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { startMailSink } from "../../infra/mail-sink/mail-sink.ts";
import { openTemplates } from "./rendering.ts";
import { TEMPLATES } from "./templates/built.ts";
import { confirmed, type House, notificationHouse, registered, shipped } from "./testing.ts";
import { mailsTo, sent, tried } from "./testing-mails.ts";

describe("a template that throws", function () {
  this.timeout(30_000);

  it("fails its mail with the reason, which is tried again, and delays no other", async () => {
    const house = await notificationHouse();
    const sink = await startMailSink({ smtpPort: 0, httpPort: 0 });
    const trap = "<% if (it.subject === 'Your order is on its way') { it.missing.field } %>";
    const render = openTemplates({ ...TEMPLATES, notice: `${trap}${TEMPLATES.notice}` });
    const broken = house.mailing(sink.smtpUrl, undefined, render);
    await broken.start();
    await house.hear("users", registered("ada", "ada@example.com"));
    await sent(house, "ada", 1);
    await house.hear("users", registered("ben", "ben@example.com"));
    await sent(house, "ben", 1);
    // More of them than are sent at once, before one that can be.
    const all = ["o1", "o2", "o3", "o4", "o5"].map((orderId) => shipped("ada", orderId));
    await house.hear("orders", ...all, confirmed("ben", "o6"));
    await sent(house, "ben", 2);
    const attempts = await attemptsOf(house);
    assert.ok(
      attempts.every((count) => count <= 1),
      "the other waited for no second try",
    );
    await house.db.query("delete from notifications where user_id = 'ada' and kind = 'WELCOME'");
    await tried(house, "ada", /mail template "notice" failed: .*field/s);
    assert.equal((await mailsTo(sink, "ada@example.com")).length, 1);
    await broken.stop();

    assert.equal((await attemptsOf(house)).length, 5, "none is given up");
    await house.db.query(
      `select graphile_worker.reschedule_jobs(array_agg(id), now()) from graphile_worker.jobs`,
    );
    const mended = house.mailing(sink.smtpUrl);
    await mended.start();
    await sent(house, "ada", 5);
    await mended.stop();
    await sink.stop();
    await house.stop();
  });
});

/** Of each job that may be tried again. */
async function attemptsOf({ db }: House): Promise<number[]> {
  const { rows } = await db.query<{ attempts: number }>(
    "select attempts from graphile_worker.jobs where attempts < max_attempts",
  );
  return rows.map(({ attempts }) => attempts);
}
