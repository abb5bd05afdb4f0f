import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { after, before, describe, it } from "mocha";
import type Stripe from "stripe";
import { clientOf, type Harness, SECRET_KEY, startHarness } from "./harness.ts";
import { readLedger } from "./ledger-file.ts";

describe("the sandbox's ledger file", () => {
  let harness: Harness;
  let stripe: Stripe;
  let file: string;
  const paramsFor = (orderId: string) =>
    ({
      amount: 5000,
      currency: "usd",
      payment_method: "pm_card_bypassPending",
      allowed_payment_method_types: ["card"],
      capture_method: "automatic",
      confirm: true,
      metadata: { order_id: orderId },
    }) satisfies Stripe.PaymentIntentCreateParams;
  const stepsOf = (orderId: string) => readLedger(file).orders.get(orderId) ?? [];

  before(async () => {
    harness = await startHarness();
    stripe = harness.stripe;
    file = path.join(harness.dir, "ledger.jsonl");
  });
  after(() => harness.stop());

  it("has each movement before its answer, with its key and what it came to", async () => {
    const options = { idempotencyKey: "o1/charge" };
    const paid = await stripe.paymentIntents.create(paramsFor("o1"), options);
    const [charged, ...none] = stepsOf("o1");
    assert.ok(charged);
    const { seq: _, at, ...movement } = charged.movement;
    assert.deepEqual(movement, {
      type: "captured",
      id: paid.latest_charge,
      intent: paid.id,
      orderId: "o1",
      amount: 5000,
      currency: "usd",
      key: "o1/charge",
    });
    assert.ok(Math.abs(Date.parse(at) - Date.now()) < 60_000);
    assert.deepEqual(none, []);
    await stripe.paymentIntents.create(paramsFor("o1"), options);
    assert.equal(stepsOf("o1").length, 1);
    for (const amount of [1000, 4000])
      await stripe.refunds.create({ payment_intent: paid.id, amount });
    assert.deepEqual(
      stepsOf("o1").map(({ sums: { captured, refunded } }) => [captured, refunded]),
      [
        [5000, 0],
        [5000, 1000],
        [5000, 5000],
      ],
    );
  });

  it("tells all kinds of movements", async () => {
    const held = { ...paramsFor("o2"), capture_method: "manual" } as const;
    const part = await stripe.paymentIntents.create(held);
    await stripe.paymentIntents.capture(part.id, { amount_to_capture: 4000 });
    const gone = await stripe.paymentIntents.create(held);
    await stripe.paymentIntents.cancel(gone.id);
    const failing = { ...paramsFor("o2"), payment_method: "pm_card_refundFail" };
    const { id } = await stripe.paymentIntents.create(failing);
    const refund = await stripe.refunds.create({ payment_intent: id });
    await harness.endpoint.about(refund.id, 2);
    const control = async (about: string, wishes: object = {}) => {
      const url = `${harness.url()}/_disputes/${about}`;
      const answer = await fetch(url, { method: "POST", body: JSON.stringify(wishes) });
      return (await answer.json()) as Stripe.Dispute;
    };
    await control((await control(id)).id, { outcome: "won" });
    assert.deepEqual(
      stepsOf("o2").map(({ movement: { type, amount } }) => [type, amount]),
      [
        ["authorized", 5000],
        ["captured", 4000],
        ["voided", 1000],
        ["authorized", 5000],
        ["voided", 5000],
        ["captured", 5000],
        ["refunded", 5000],
        ["refund_failed", 5000],
        ["dispute_withdrawn", 5000],
        ["dispute_reinstated", 5000],
      ],
    );
    assert.deepEqual(stepsOf("o2").at(-1)?.sums, {
      authorized: 10_000,
      voided: 6000,
      captured: 9000,
      refunded: 0,
      disputed: 0,
      transferred: 0,
      paidOut: 0,
    });
    await fetch(`${harness.url()}/_available`, { method: "POST" });
    const destination = (await stripe.accounts.create()).id;
    const transfer = await stripe.transfers.create({ amount: 50, currency: "usd", destination });
    await stripe.transfers.createReversal(transfer.id, { amount: 20 });
    await stripe.payouts.cancel((await stripe.payouts.create({ amount: 7, currency: "usd" })).id);
    assert.deepEqual(
      stepsOf("").map(({ sums: { transferred, paidOut } }) => [transferred, paidOut]),
      [
        [50, 0],
        [30, 0],
        [30, 7],
        [30, 0],
      ],
    );
  });

  it("gets back at a start what was in the journal only, and nothing twice", async () => {
    const whole = await readFile(file, "utf8");
    const half = whole.length >> 1;
    await harness.restart(() => truncate(file, half));
    assert.equal(await readFile(file, "utf8"), whole);
    await harness.restart();
    assert.equal(await readFile(file, "utf8"), whole);
    await stripe.paymentIntents.create(paramsFor("o3"));
    assert.equal(stepsOf("o3").length, 1);
  });

  it("is read without a line that is not there to its end, and not with one missing", async () => {
    const whole = await readFile(file, "utf8");
    const copy = path.join(harness.dir, "copy.jsonl");
    await writeFile(copy, whole);
    await appendFile(copy, '{"seq":');
    assert.deepEqual(readLedger(copy), readLedger(file));
    await writeFile(copy, whole.slice(whole.indexOf("\n") + 1));
    assert.throws(() => readLedger(copy), /line 1 of .* has the number 2/);
  });

  it("has after kill -9 what was ever answered, once", async () => {
    const dir = await mkdtemp(path.join(tmpdir(), "stripe-sandbox-"));
    const main = fileURLToPath(new URL("main.ts", import.meta.url));
    const start = async () => {
      const child = spawn(process.execPath, ["--import=tsx", main], {
        env: {
          PATH: process.env.PATH,
          SANDBOX_PORT: "0",
          SANDBOX_DIR: dir,
          STRIPE_SECRET_KEY: SECRET_KEY,
          STRIPE_WEBHOOK_SECRET: "whsec_x",
        },
        stdio: ["ignore", "pipe", "inherit"],
      });
      const [line] = await once(createInterface({ input: child.stdout }), "line");
      return { child, port: Number(new URL(JSON.parse(String(line)).url).port) };
    };
    const { child, port } = await start();
    const answered: string[] = [];
    const client = clientOf(port);
    await Promise.allSettled(
      Array.from({ length: 200 }, async (_, at) => {
        const { id } = await client.paymentIntents.create(paramsFor(`k${at}`));
        answered.push(id);
        if (answered.length === 60) child.kill("SIGKILL");
      }),
    );
    // Before a restart mends anything: what was answered was synced.
    const intentsOf = () =>
      readLedger(path.join(dir, "ledger.jsonl")).movements.map(({ intent }) => intent as string);
    const early = new Set(intentsOf());
    assert.deepEqual(
      answered.filter((id) => !early.has(id)),
      [],
    );
    const second = await start();
    const intents = intentsOf();
    assert.equal(new Set(intents).size, intents.length);
    const kept: string[] = [];
    for await (const intent of clientOf(second.port).paymentIntents.list({ limit: 100 })) {
      if (intent.status === "succeeded") kept.push(intent.id);
    }
    assert.deepEqual(intents.sort(), kept.sort());
    second.child.kill("SIGKILL");
    await rm(dir, { recursive: true });
  }).timeout(60_000);
});
