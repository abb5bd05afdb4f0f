/** `npm run test:heard`: minutes long, since mails of a killed process are anybody's after one. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import type { Mesh } from "../../infra/dev/mesh.ts";
import { type HookReceiver, openHookReceiver } from "./hook-receiver.ts";
import { type Letterbox, openLetterbox } from "./letterbox.ts";
import { aMeshOfItsOwn, restart } from "./mesh.ts";
import { verify } from "./operator.ts";
import { inParallel } from "./parallel.ts";
import { place } from "./patient-client.ts";
import { eventually, type Rest } from "./rest.ts";
import { rowsOf } from "./rows.ts";

const ORDERS = 3_300;
const KILLS = 20;
const VICTIMS = ["notification", "analytics"];
/** What a killed process can have been at: as many of each as it sends at once. */
const MAILS_AT_ONCE = 3;
const HOOKS_AT_ONCE = 16;
const REST_MS = 300_000;
const JOBS = `
  select j.task_identifier, j.attempts, j.run_at, j.last_error, h.locked_by, h.locked_at
    from graphile_worker.jobs j join graphile_worker._private_jobs h using (id)`;

describe("what happened", function () {
  this.timeout(1_200_000);
  let mesh: Mesh;
  let demo: Rest;
  let letterbox: Letterbox;
  let receiver: HookReceiver;
  let stop: () => Promise<void>;
  before(async () => {
    letterbox = await openLetterbox();
    receiver = await openHookReceiver();
    const started = await aMeshOfItsOwn({
      SMTP_URL: letterbox.url,
      MAIL_RATE: "1000",
      WEBHOOK_PRIVATE_ADDRESSES: "allow",
    });
    ({ mesh, stop } = started);
    demo = await started.api.as("demo@tradepost.dev");
    const admin = await started.api.as("admin@tradepost.dev");
    const endpoint = await admin.post("/api/v1/webhook-endpoints", { url: receiver.url });
    assert.equal(endpoint.status, 201, endpoint.text);
  });
  after(async () => {
    await stop();
    await letterbox.stop();
    receiver.stop();
  });

  it(`is told once and counted once, over 10,000 events and ${KILLS} deaths of who hears`, async () => {
    let placed = 0;
    const ordering = inParallel(ORDERS, 8, async (n) => {
      await live(n);
      placed += 1;
    });
    for (let kill = 0; kill < KILLS; kill += 1) {
      await eventually(
        async () => placed,
        (count) => count >= ((kill + 1) * ORDERS) / (KILLS + 1),
        REST_MS,
      );
      await restart(mesh, VICTIMS[kill % VICTIMS.length] as string);
    }
    await ordering;

    await nothingIsLeftToDo();
    const { code, told } = await verify(mesh);
    assert.equal(code, 0, told);
    assert.ok((await events()) >= 10_000);

    const mailed = await ids("notifications where mail_time is not null");
    const wanted = mailed.map((id) => `${id}@tradepost.dev`);
    eachCame(letterbox.messageIds, wanted, MAILS_AT_ONCE);
    assert.equal((await ids("notifications")).length, mailed.length, "all were mailed");
    const delivered = await ids("webhook_deliveries where status = 'SUCCEEDED'");
    eachCame(receiver.ids, delivered, HOOKS_AT_ONCE);
    assert.equal((await ids("webhook_deliveries")).length, delivered.length, "all were delivered");
    assert.ok(delivered.length > ORDERS);
  });

  async function ids(from: string): Promise<string[]> {
    const rows = await rowsOf<{ id: string }>(mesh, "notification", `select id from ${from}`);
    return rows.map(({ id }) => id);
  }

  /** Each once, but for those that a killed process was at. */
  function eachCame(came: readonly string[], wanted: readonly string[], atOnce: number): void {
    assert.deepEqual([...new Set(came)].toSorted(), wanted.toSorted());
    const again = came.length - wanted.length;
    assert.ok(again <= (KILLS / VICTIMS.length) * atOnce, `${again} came twice`);
  }

  /** Of seven orders one is declined, and one is cancelled. */
  async function live(n: number): Promise<void> {
    const items = [{ product_id: `prod-${String(20 + (n % 80)).padStart(3, "0")}`, quantity: 1 }];
    const card = n % 7 === 3 ? "pm_card_visa_chargeDeclined" : "pm_card_visa";
    const { status, body, text } = await place(demo, {
      ...{ key: `heard-${n}`, items },
      payment_method: card,
    });
    assert.equal(status, n % 7 === 3 ? 402 : 201, text);
    if (n % 7 === 5) {
      const cancelled = await demo.post(
        `/api/v1/orders/${body.id}:cancel`,
        { reason: "changed my mind" },
        { "idempotency-key": `heard-${n}-cancel` },
      );
      assert.equal(cancelled.status, 200, cancelled.text);
    }
  }

  async function nothingIsLeftToDo(): Promise<void> {
    for (const [service, sql] of [
      ["order", "select 1 from sagas"],
      ["order", "select 1 from outbox where published_at is null"],
      ["payment", "select 1 from outbox where published_at is null"],
      ["payment", "select 1 from refunds where status = 'pending'"],
    ] as const) {
      await empty(service, sql);
    }
    await eventually(
      async () => (await verify(mesh)).code,
      (code) => code === 0,
      REST_MS,
    );
    await empty("notification", JOBS);
  }

  async function empty(service: "order" | "payment" | "notification", sql: string) {
    await eventually(
      () => rowsOf(mesh, service, `${sql} limit 1`),
      ({ length }) => length === 0,
      REST_MS,
    );
  }

  async function events(): Promise<number> {
    const counts = await Promise.all(
      (["order", "payment"] as const).map((service) =>
        rowsOf<{ n: number }>(mesh, service, "select count(*)::int as n from outbox"),
      ),
    );
    return counts.reduce((sum, [row]) => sum + (row?.n ?? 0), 0);
  }
});
