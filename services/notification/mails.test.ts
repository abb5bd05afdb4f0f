import assert from "node:assert/strict";
import { createServer } from "node:net";
import { after, before, describe, it } from "mocha";
import { uuidv7 } from "#kit/uuid.ts";
import { freePort } from "../../infra/dev/ports.ts";
import { type MailSink, startMailSink } from "../../infra/mail-sink/mail-sink.ts";
import type { Mail } from "../../infra/mail-sink/mailbox.ts";
import { cancelled, confirmed, type House, notificationHouse, registered } from "./testing.ts";
import { mailingHouse, mailsTo, sent, tried } from "./testing-mails.ts";

describe("mails", () => {
  let house: House;
  let sink: MailSink;
  let stop: () => Promise<void>;
  before(async () => {
    ({ house, sink, stop } = await mailingHouse());
  });
  after(() => stop());

  it("go to the person's address with the notification's words, once", async () => {
    const order = { ...confirmed("ada", "o1"), id: uuidv7() };
    await house.hear("users", registered("ada", "ada@example.com"));
    await house.hear("orders", order);
    await house.hear("orders", order);
    await sent(house, "ada", 2);
    const mails = await mailsTo(sink, "ada@example.com");
    assert.deepEqual(mails.map(({ subject }) => subject).toSorted(), [
      "Welcome to Tradepost",
      "Your order is confirmed",
    ]);
    const id = mails.find(({ subject }) => subject.includes("order"))?.id;
    const mail = (await (await fetch(`${sink.httpUrl}/mails/${id}`)).json()) as Mail;
    assert.match(mail.text, /^Order o1 is confirmed: 2 pieces, \$24\.99\.\n\nOrder: o1\n/);
    assert.match(mail.html, /<p[^>]*>Order o1 is confirmed: 2 pieces, \$24\.99\.<\/p>/);
    assert.equal(mail.headers.to, "Ada Lovelace <ada@example.com>");
    const { rows } = await house.db.query("select id from notifications where order_id = 'o1'");
    assert.equal(mail.headers["message-id"], `<${rows[0]?.id}@tradepost.dev>`);
  });

  it("wait for an address that is not known, and go out when it is", async () => {
    await house.hear("orders", confirmed("bob", "o2"), cancelled("bob", "o2"));
    await tried(house, "bob", /not known yet/);
    await house.hear("users", registered("bob", "bob@example.com"));
    await sent(house, "bob", 3);
    const mails = await mailsTo(sink, "bob@example.com");
    assert.deepEqual(mails.map(({ subject }) => subject).toSorted(), [
      "Welcome to Tradepost",
      "Your order is confirmed",
      "Your order was cancelled",
    ]);
  });

  it("go to the newest address, whichever was heard last", async () => {
    await house.hear("users", registered("carol", "new@example.com", 2n));
    await house.hear("users", registered("carol", "old@example.com", 1n));
    await sent(house, "carol", 2);
    assert.equal((await mailsTo(sink, "new@example.com")).length, 2);
    assert.deepEqual(await mailsTo(sink, "old@example.com"), []);
  });
});

describe("a mail server that is down", function () {
  this.timeout(40_000);

  it("gets its mails when it is back", async () => {
    const house = await notificationHouse();
    const smtpPort = await freePort();
    const post = house.mailing(`smtp://127.0.0.1:${smtpPort}`);
    await post.start();
    await house.hear("users", registered("ada", "ada@example.com"));
    await tried(house, "ada", /ECONNREFUSED/);
    const sink = await startMailSink({ smtpPort, httpPort: 0 });
    await sent(house, "ada", 1);
    assert.equal((await mailsTo(sink, "ada@example.com")).length, 1);
    await post.stop();
    await sink.stop();
    await house.stop();
  });

  it("keeps nobody from stopping", async () => {
    const house = await notificationHouse();
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const address = silent.address();
    assert.ok(address && typeof address === "object");
    const reached = new Promise((resolve) => silent.once("connection", resolve));
    const post = house.mailing(`smtp://127.0.0.1:${address.port}`);
    await post.start();
    await house.hear("users", registered("ada", "ada@example.com"));
    await reached;
    await post.stop();
    silent.close();
    await house.stop();
  });
});
