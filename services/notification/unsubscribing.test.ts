import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import {
  Preferences_Channel as Channel,
  Notification_Kind as Kind,
  Preferences_Digest,
} from "#gen/tradepost/notification/v1/notification.ts";
import type { MailSink } from "../../infra/mail-sink/mail-sink.ts";
import { confirmed, type House, registered, shipped } from "./testing.ts";
import { headersOf, mailingHouse, sent } from "./testing-mails.ts";

describe("unsubscribing", function () {
  this.timeout(20_000);
  let house: House;
  let sink: MailSink;
  let stop: () => Promise<void>;
  before(async () => {
    ({ house, sink, stop } = await mailingHouse());
  });
  after(() => stop());

  const link = /^<https:\/\/shop\.example\.com\/unsubscribe\/([A-Z_]+-[0-9a-f-]{36})>$/;

  it("is one click in every mail that may be switched off, for its kind", async () => {
    await house.hear("users", registered("ada", "ada@example.com"));
    await house.hear("orders", confirmed("ada", "o1"), shipped("ada", "o1"));
    await sent(house, "ada", 3);
    const headers = await headersOf(sink, "ada@example.com", "Your order is on its way");
    assert.equal(headers["list-unsubscribe-post"], "List-Unsubscribe=One-Click");
    const [, token = ""] = link.exec(headers["list-unsubscribe"] ?? "") ?? [];
    assert.match(token, /^ORDER_SHIPPED-/);
    const required = await headersOf(sink, "ada@example.com", "Your order is confirmed");
    assert.equal(required["list-unsubscribe"], undefined, "a required mail has none");

    const nobody = await house.nobody();
    const click = { token, body: { contentType: "application/x-www-form-urlencoded" } };
    await nobody.unsubscribe(click);
    const ada = await house.as("ada");
    const { preferences: once } = await ada.getPreferences({});
    assert.deepEqual(
      once?.choices.filter(({ enabled }) => !enabled),
      [{ kind: Kind.ORDER_SHIPPED, channel: Channel.MAIL, enabled: false, required: false }],
    );
    await nobody.unsubscribe(click);
    assert.deepEqual((await ada.getPreferences({})).preferences, once, "a repeat changes nothing");
    await house.hear("orders", shipped("ada", "o2"));
    assert.equal((await ada.listNotifications({})).notifications.length, 4, "in the inbox it is");
    const { rows } = await house.db.query(
      "select is_unmailed from notifications where order_id = 'o2'",
    );
    assert.deepEqual(rows, [{ is_unmailed: true }]);
  });

  it("keeps the rest of what its person chose, and of a digest switches off all", async () => {
    await house.hear("users", registered("bea", "bea@example.com"));
    await sent(house, "bea", 1);
    const bea = await house.as("bea");
    const chosen = {
      choices: [{ kind: Kind.WELCOME, channel: Channel.INBOX, enabled: false }],
      digest: Preferences_Digest.WEEKLY,
      timeZone: "Europe/Berlin",
    };
    await bea.setPreferences({ preferences: chosen });
    const { rows } = await house.db.query<{ key: string }>(
      "select unsubscribe_key as key from contacts where user_id = 'bea'",
    );
    await (await house.nobody()).unsubscribe({ token: `DIGEST-${rows[0]?.key}` });
    const { preferences } = await bea.getPreferences({});
    assert.deepEqual(
      [preferences?.digest, preferences?.timeZone],
      [Preferences_Digest.WEEKLY, "Europe/Berlin"],
    );
    const mails = preferences?.choices.filter(({ channel }) => channel === Channel.MAIL);
    assert.ok(mails?.every(({ enabled, required }) => enabled === required));
    const inbox = preferences?.choices.filter(({ channel }) => channel === Channel.INBOX);
    assert.deepEqual(
      inbox?.filter(({ enabled }) => !enabled).map(({ kind }) => kind),
      [Kind.WELCOME],
    );
  });

  it("is refused for what is no token of ours", async () => {
    const { rows } = await house.db.query<{ key: string }>(
      "select unsubscribe_key as key from contacts where user_id = 'ada'",
    );
    const key = rows[0]?.key ?? "";
    const nobody = await house.nobody();
    const other = "00000000-0000-4000-8000-000000000000";
    for (const token of [
      `ORDER_SHIPPED-${other}`,
      `ORDER_CONFIRMED-${key}`,
      `ORDER-${key}`,
      key,
      `WELCOME-${key}-1`,
    ]) {
      await assert.rejects(nobody.unsubscribe({ token }), { reason: "INVALID_TOKEN" }, token);
    }
  });
});
