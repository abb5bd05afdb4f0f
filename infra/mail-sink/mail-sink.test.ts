import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { createTransport } from "nodemailer";
import { type MailSink, startMailSink } from "./mail-sink.ts";
import { createMailbox } from "./mailbox.ts";
import { SAMPLE_KINDS } from "./samples.ts";

describe("the mail sink", () => {
  let sink: MailSink;

  before(async () => {
    sink = await startMailSink({ smtpPort: 0, httpPort: 0 });
    const post = createTransport({ url: sink.smtpUrl });
    await post.sendMail(mail("ada@tradepost.dev", "Your order", "<p>Thank <b>you</b></p>"));
    await post.sendMail(mail("bob@tradepost.dev", "Grüße <1>", "<script>alert(1)</script>"));
    post.close();
  });

  after(() => sink.stop());

  it("lists the newest first, and those of one address", async () => {
    const { mails } = await get("/mails");
    assert.deepEqual(mails.map(subjectOf), ["Grüße <1>", "Your order"]);
    assert.deepEqual((await get("/mails?limit=1")).mails.map(subjectOf), ["Grüße <1>"]);
    const { mails: ada } = await get("/mails?to=ADA@tradepost.dev");
    assert.deepEqual(ada.map(subjectOf), ["Your order"]);
  });

  it("tells a mail's text and HTML", async () => {
    const { text, html, from, to } = await get("/mails/1");
    assert.deepEqual(
      { text: text.trim(), html: html.trim(), from, to },
      {
        text: "Thank you",
        html: "<p>Thank <b>you</b></p>",
        from: "shop@tradepost.dev",
        to: ["ada@tradepost.dev"],
      },
    );
  });

  it("shows pages in which a mail cannot run anything", async () => {
    assert.match(await page("/"), /<a href="\/mails\/2.html">Grüße &lt;1&gt;<\/a>/);
    const shown = await page("/mails/2.html");
    assert.match(shown, /<iframe sandbox [^>]*srcdoc="&lt;script&gt;/);
  });

  it("takes SMS as Twilio does, and shows them", async () => {
    const send = (form: Record<string, string>) =>
      fetch(`${sink.httpUrl}/2010-04-01/Accounts/AC0/Messages.json`, {
        method: "POST",
        body: new URLSearchParams(form),
      });
    const taken = await send({ To: "+15550101", From: "Shop", Body: "<b>Hello</b>" });
    assert.equal(taken.status, 201);
    assert.match(((await taken.json()) as { sid: string }).sid, /^SM[0-9a-f]{32}$/);
    const refused = await send({ To: "nobody", From: "Shop", Body: "" });
    assert.equal(((await refused.json()) as { code: number }).code, 21_211);
    const { texts } = await get("/texts?to=%2B15550101");
    assert.deepEqual([texts.length, texts[0].text], [1, "<b>Hello</b>"]);
    assert.match(await page("/texts.html"), /<td>&lt;b&gt;Hello/);
    assert.equal((await fetch(`${sink.httpUrl}/texts`, { method: "POST" })).status, 405);
  });

  it("shows each kind of mail with made-up data, in each language", async () => {
    const links = [...(await page("/samples")).matchAll(/href="(\/samples\/[^"]+)"/g)];
    assert.equal(links.length, 2 * SAMPLE_KINDS.length);
    for (const [, path = ""] of links) {
      const shown = await page(path);
      assert.match(shown, /<iframe sandbox [^>]*srcdoc="&lt;!doctype html/, path);
      assert.match(shown, /<pre>[^<]+Tradepost\./, path);
    }
    assert.match(await page("/samples/es/WELCOME"), /<h1>Te damos la bienvenida a Tradepost<\/h1>/);
  });

  it("answers 404 for a mail and a sample that it does not have", async () => {
    for (const path of ["/mails/99", "/samples/fr/WELCOME", "/samples/en/SPAM"]) {
      assert.equal((await fetch(sink.httpUrl + path)).status, 404, path);
    }
  });

  it("forgets the oldest", async () => {
    const mailbox = createMailbox(2);
    for (const subject of ["a", "b", "c"]) {
      const raw = Buffer.from(`Subject: ${subject}\r\n\r\n`);
      mailbox.add({ from: "", to: [], raw, receivedAt: new Date(0) });
    }
    assert.deepEqual((await mailbox.list({})).map(subjectOf), ["c", "b"]);
    assert.equal(await mailbox.get(1), undefined);
  });

  // biome-ignore lint/suspicious/noExplicitAny: what comes over HTTP has no type.
  async function get(path: string): Promise<any> {
    return (await fetch(sink.httpUrl + path)).json();
  }

  async function page(path: string): Promise<string> {
    return (await fetch(sink.httpUrl + path)).text();
  }
});

function mail(to: string, subject: string, html: string) {
  return { from: "Tradepost <shop@tradepost.dev>", to, subject, html, text: "Thank you" };
}

function subjectOf({ subject }: { subject: string }): string {
  return subject;
}
