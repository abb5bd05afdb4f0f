import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { Preferences_Digest as Digest } from "#gen/tradepost/notification/v1/notification.ts";
import { until } from "#kit/testing-until.ts";
import type { MailSink } from "../../infra/mail-sink/mail-sink.ts";
import { confirmed, type House, registered, shipped } from "./testing.ts";
import { headersOf, mailingHouse, mailsTo, mailTo, sent } from "./testing-mails.ts";

const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, " ");

describe("somebody who reads Spanish", function () {
  this.timeout(30_000);
  let house: House;
  let sink: MailSink;
  let stop: () => Promise<void>;
  before(async () => {
    ({ house, sink, stop } = await mailingHouse());
  });
  after(() => stop());

  it("is told so in the inbox and by mail, amounts and times as in their place", async () => {
    const ana = await house.as("ana");
    await ana.setPreferences({ preferences: { locale: "es-MX", timeZone: "America/Cancun" } });
    await house.hear("users", registered("ana", "ana@example.com"));
    const order = { ...confirmed("ana", "o1"), time: new Date("2026-11-21T19:12:00Z") };
    await house.hear("orders", order);
    const { notifications } = await ana.listNotifications({});
    assert.ok(
      notifications.some(
        ({ title, body }) =>
          title === "Tu pedido está confirmado" &&
          plain(body) === "El pedido o1 está confirmado: 2 unidades, USD 24.99.",
      ),
    );
    await sent(house, "ana", 2);
    const mail = await mailTo(sink, "ana@example.com", "Tu pedido está confirmado");
    for (const part of [plain(mail.text), plain(mail.html)]) {
      assert.match(part, /El pedido o1 está confirmado: 2 unidades, USD 24\.99\./);
      assert.match(part, /Importe/);
    }
    assert.match(mail.html, /<html lang="es"/);
  });

  it("has a digest in the language of when it is sent", async () => {
    const eva = await house.as("eva");
    await eva.setPreferences({ preferences: { digest: Digest.DAILY } });
    await house.hear("users", registered("eva", "eva@example.com"));
    await house.hear("orders", shipped("eva", "e1"));
    await until(async () => {
      const { rows } = await house.db.query(
        "select from notifications where user_id = 'eva' and is_digested",
      );
      return rows.length === 2;
    });
    await eva.setPreferences({ preferences: { digest: Digest.DAILY, locale: "es" } });
    await house.db.query(
      `select graphile_worker.reschedule_jobs(array[id], now())
         from graphile_worker.jobs where key = 'digest eva'`,
    );
    await sent(house, "eva", 2);
    const { text, html } = await mailTo(sink, "eva@example.com", "2 mensajes de Tradepost");
    assert.match(text, /Tu pedido está en camino\nTodo el pedido e1 está en camino\./);
    assert.match(html, /<h2[^>]*>Tu pedido está en camino<\/h2>/);
    const headers = await headersOf(sink, "eva@example.com", "2 mensajes de Tradepost");
    assert.match(headers["list-unsubscribe"] ?? "", /unsubscribe\/DIGEST-/);
    assert.equal(headers["list-unsubscribe-post"], "List-Unsubscribe=One-Click");
  });

  it("is told as before of what a release heard that kept only the words", async () => {
    await house.db.query(
      `with old as (
         insert into notifications (id, event_id, user_id, kind, title, body)
         values ('old', gen_random_uuid(), 'ana', 'ORDER_SHIPPED', 'On its way', 'Order o0 is.')
         returning id
       )
       select graphile_worker.add_job('mail', json_build_object('id', id)) from old`,
    );
    await sent(house, "ana", 3);
    assert.match((await mailTo(sink, "ana@example.com", "On its way")).text, /^Order o0 is\.\n/);
    assert.equal((await mailsTo(sink, "ana@example.com")).length, 3);
  });
});
