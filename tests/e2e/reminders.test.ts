import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { theMesh } from "./mesh.ts";
import { eventually, rest } from "./rest.ts";

describe("what a person plans", function () {
  this.timeout(60_000);

  it("comes into the inbox and by mail, whose one click switches such mails off", async () => {
    const { mesh, api } = await theMesh();
    const demo = await api.as("demo@tradepost.dev");
    const title = `Tea ${Date.now()}`;
    const sendTime = new Date(Date.now() + 1_500).toISOString();
    const planned = await demo.post("/api/v1/notifications:schedule", {
      ...{ title, body: "It is five." },
      sendTime,
    });
    assert.equal(planned.status, 200, planned.text);
    assert.equal(planned.body.nextTime, sendTime);
    const { body: scheduled } = await demo.get("/api/v1/notifications/scheduled");
    assert.ok(scheduled.scheduledNotifications.some((one: Told) => one.title === title));

    const told = await eventually(
      () => demo.get("/api/v1/notifications"),
      ({ body }) => body.notifications.some((one: Told) => one.title === title),
    );
    const [{ kind }] = told.body.notifications.filter((one: Told) => one.title === title);
    assert.equal(kind, "REMINDER");
    const post = rest(mesh.mail.url);
    const { body: sent } = await eventually(
      () => post.get("/mails?to=demo@tradepost.dev"),
      ({ body }) => body.mails.some(({ subject }: Mail) => subject === title),
      30_000,
    );
    const { id } = sent.mails.find(({ subject }: Mail) => subject === title);
    const { headers } = (await post.get(`/mails/${id}`)).body;
    const link = new URL(headers["list-unsubscribe"].slice(1, -1));
    assert.equal(link.origin, mesh.gatewayUrl.replace("127.0.0.1", "localhost"));

    const looked = await api.get(link.pathname);
    assert.equal(looked.status, 405, "looking at it changes nothing");
    const clicked = await api.send("POST", link.pathname, {
      body: "List-Unsubscribe=One-Click",
      headers: { "content-type": "application/x-www-form-urlencoded" },
    });
    assert.equal(clicked.status, 200, clicked.text);
    const { body } = await demo.get("/api/v1/notifications/preferences");
    const choice = body.choices.find((one: Choice) => one.kind === kind && one.channel === "MAIL");
    assert.equal(choice.enabled, false);
    const other = await api.send("POST", "/unsubscribe/REMINDER-nobody");
    assert.deepEqual([other.status, other.body.reason], [401, "INVALID_TOKEN"], other.text);
  });

  it("gets a problem document for what never comes", async () => {
    const { api } = await theMesh();
    const demo = await api.as("demo@tradepost.dev");
    const tea = { title: "Tea", body: "It is five." };
    for (const [body, field] of [
      [{ ...tea, cron: "0 0 30 2 *" }, "cron"],
      [{ ...tea, cron: "@daily", timeZone: "Mars/Olympus" }, "timeZone"],
      [{ ...tea, sendTime: "2020-01-01T00:00:00Z" }, "sendTime"],
      [{ ...tea }, "when"],
    ] as const) {
      const answer = await demo.post("/api/v1/notifications:schedule", body);
      assert.equal(answer.status, 400, answer.text);
      assert.equal(answer.body.violations[0].field, field, answer.text);
    }
  });
});

interface Told {
  readonly title: string;
  readonly kind: string;
}

interface Mail {
  readonly subject: string;
}

interface Choice {
  readonly kind: string;
  readonly channel: string;
}
