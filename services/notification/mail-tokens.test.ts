import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { Fault } from "#kit/errors.ts";
import { until } from "#kit/testing-until.ts";
import { uuidv7 } from "#kit/uuid.ts";
import { type MailSink, startMailSink } from "../../infra/mail-sink/mail-sink.ts";
import { accountEvent, type House, notificationHouse, registered } from "./testing.ts";
import { mailsTo, sent, textTo } from "./testing-mails.ts";

describe("a mail with a token", function () {
  this.timeout(30_000);
  let house: House;
  let sink: MailSink;
  let post: ReturnType<House["mailing"]>;
  const asked: string[] = [];
  /** What the user service answers, by event. */
  const answers = new Map<string, (() => Promise<string | undefined>)[]>();
  before(async () => {
    house = await notificationHouse();
    sink = await startMailSink({ smtpPort: 0, httpPort: 0 });
    post = house.mailing(sink.smtpUrl, async (eventId) => {
      asked.push(eventId);
      const token = await (answers.get(eventId)?.shift() ?? (async () => "usual-token"))();
      return token === undefined
        ? undefined
        : { token, expireTime: new Date("2030-01-31T12:30:45Z") };
    });
    await post.start();
  });
  after(async () => {
    await post.stop();
    await sink.stop();
    await house.stop();
  });

  it("asks for it by its event's id, says it, and leaves it nowhere", async () => {
    const mail = "ada@example.com";
    const verify = { ...accountEvent("ada", mail, "emailVerificationRequested"), id: uuidv7() };
    const reset = { ...accountEvent("ada", mail, "passwordResetRequested"), id: uuidv7() };
    answers.set(verify.id, [async () => "verify-token"]);
    answers.set(reset.id, [async () => "reset-token"]);
    await house.hear("users", registered("ada", mail), verify, reset);
    await sent(house, "ada", 3);
    assert.deepEqual(asked.toSorted(), [verify.id, reset.id].toSorted());
    const text = await textTo(sink, mail, "Choose a new password");
    assert.match(text, /^reset-token$/m);
    assert.match(text, /It is good until 2030-01-31 12:30 UTC\./);
    assert.match(await textTo(sink, mail, "Confirm your e-mail address"), /^verify-token$/m);

    const { rows } = await house.db.query(
      `select (select json_agg(n)::text from notifications n)
              || (select coalesce(json_agg(j)::text, '') from graphile_worker._private_jobs j) as text`,
    );
    assert.match(rows[0].text, /Choose a new password/);
    assert.doesNotMatch(rows[0].text, /(verify|reset)-token/);
  });

  it("waits while the user service does not answer", async () => {
    const mail = "bob@example.com";
    const reset = { ...accountEvent("bob", mail, "passwordResetRequested"), id: uuidv7() };
    const down = async () => {
      throw new Fault("DEPENDENCY_DOWN", "the user service is away");
    };
    answers.set(reset.id, [down, async () => "later-token"]);
    await house.hear("users", reset);
    await sent(house, "bob", 1);
    assert.match(await textTo(sink, mail, "Choose a new password"), /^later-token$/m);
    assert.equal(asked.filter((id) => id === reset.id).length, 2);
  });

  it("is not sent when it is of no use any more", async () => {
    const mail = "cid@example.com";
    const reset = { ...accountEvent("cid", mail, "passwordResetRequested"), id: uuidv7() };
    answers.set(reset.id, [async () => undefined]);
    await house.hear("users", reset);
    await until(async () => {
      const { rows } = await house.db.query(
        `select n.is_unmailed, j.key from notifications n
           left join graphile_worker.jobs j on j.key = n.id
          where n.user_id = 'cid'`,
      );
      return rows[0]?.is_unmailed && rows[0].key === null;
    });
    // Hearing of the person again makes all mails due that wait for an address.
    await house.hear("users", accountEvent("cid", mail, "passwordChanged"));
    await sent(house, "cid", 1);
    assert.deepEqual(
      (await mailsTo(sink, mail)).map(({ subject }) => subject),
      ["Your password was changed"],
    );
  });
});
