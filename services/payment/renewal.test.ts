import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import { Payment_Capture, Payment_Status } from "#gen/tradepost/payment/v1/payment.ts";
import { assertChargedOnce, assertUndone, reasonOf, untilKnown } from "./checks.ts";
import { renewAuthorizations } from "./renewing.ts";
import { chargeOf, type StartedPayments, startPayments } from "./testing.ts";

const userId = "user-renewal";

describe("an authorisation that is about to end", () => {
  let mesh: StartedPayments;
  let paymentMethod: string;
  before(async () => {
    mesh = await startPayments();
    const person = await mesh.person(userId);
    const saved = await person.createPaymentMethod({ paymentMethod: "pm_card_visa" });
    paymentMethod = saved.paymentMethod?.id ?? "";
  });
  afterEach(() => mesh.calm());
  after(() => mesh.stop());

  async function ending(more: { paymentMethod?: string } = { paymentMethod }) {
    const wish = chargeOf({ userId, capture: Payment_Capture.ON_SHIPMENT, ...more });
    const { orderId } = wish;
    await mesh.order.charge(wish);
    await mesh.db.query(
      "update payments set capture_before = now() + interval '23 hours' where order_id = $1",
      [orderId],
    );
    return { wish, orderId, intents: () => intentsOf(orderId) };
  }
  /** How each of an order's intents is at Stripe, oldest first. */
  async function intentsOf(orderId: string): Promise<string[]> {
    const { intents = [] } = (await mesh.atStripe(orderId)) ?? {};
    const read = await Promise.all(intents.map((id) => mesh.provider.readIntent(id)));
    return read.map(({ state }) => state.kind);
  }
  const renewalsOf = async (orderId: string) =>
    (
      await mesh.db.query(
        `select generation, renewals.status, voided from renewals
           join payments on payments.id = payment_id where order_id = $1 order by generation`,
        [orderId],
      )
    ).rows;
  /** Only renews, as when all else that the recovery does is slow. */
  const renew = () => {
    const { db, provider } = mesh.parts;
    const renewBeforeMs = 24 * 3_600_000;
    return renewAuthorizations({ db, provider, renewBeforeMs }, (work) => work.catch(() => {}));
  };
  const capture = (orderId: string) => untilKnown(() => mesh.order.capture({ orderId }));

  it("is renewed with the saved method, and the old one is voided", async () => {
    const { wish, orderId, intents } = await ending();
    await mesh.recover();
    assert.deepEqual(await intents(), ["cancelled", "authorized"]);
    await mesh.recover();
    assert.deepEqual(await renewalsOf(orderId), [{ generation: 2, status: "taken", voided: true }]);
    assert.equal((await mesh.order.charge(wish)).payment?.status, Payment_Status.AUTHORIZED);
    await capture(orderId);
    assert.deepEqual(await intents(), ["cancelled", "succeeded"]);
    await assertChargedOnce(mesh, orderId);
  });

  it("is renewed again and again", async () => {
    const { orderId, intents } = await ending();
    for (let time = 0; time < 2; time++) {
      await mesh.db.query(
        "update payments set capture_before = now() + interval '1 hour' where order_id = $1",
        [orderId],
      );
      await mesh.recover();
    }
    assert.deepEqual(await intents(), ["cancelled", "cancelled", "authorized"]);
    await mesh.order.refund({ orderId, reason: "cancelled" });
    assert.deepEqual(await intents(), ["cancelled", "cancelled", "cancelled"]);
    await assertUndone(mesh, orderId);
  });

  it("stays as it is without a saved method", async () => {
    const { orderId, intents } = await ending({});
    await mesh.recover();
    assert.deepEqual(await intents(), ["authorized"]);
    assert.deepEqual(await renewalsOf(orderId), []);
  });

  it("stays as it is where the bank declines, until it ends", async () => {
    const { orderId, intents } = await ending();
    const path = "POST /v1/payment_intents/*/confirm";
    await mesh.fault("decline", path, { match: { path, orderId } });
    await mesh.recover();
    await mesh.recover();
    assert.deepEqual(await intents(), ["authorized", "cancelled"]);
    assert.deepEqual(await renewalsOf(orderId), [
      { generation: 2, status: "failed", voided: true },
    ]);
    const [first = ""] = (await mesh.atStripe(orderId))?.intents ?? [];
    await mesh.expire(first);
    assert.equal(await reasonOf(mesh.order.capture({ orderId })), "PAYMENT_DECLINED");
  });

  it("is renewed once by many processes at once, whatever breaks", async () => {
    for (const [path, kind] of [
      ["POST /v1/payment_intents", "500_after"],
      ["POST /v1/payment_intents/*/confirm", "500_after"],
      ["POST /v1/payment_intents/*/confirm", "500_before"],
      ["POST /v1/payment_intents/*/cancel", "500_after"],
      ["GET /v1/payment_intents/*", "500_before"],
    ] as const) {
      const { orderId, intents } = await ending();
      await mesh.fault(kind, path, { match: { path, orderId } });
      await Promise.all([mesh.recover(), mesh.recover(), mesh.recover()]);
      await mesh.calm();
      await mesh.recover();
      const kinds = await intents();
      assert.equal(kinds.filter((state) => state === "authorized").length, 1, kinds.join());
      await capture(orderId);
      await assertChargedOnce(mesh, orderId);
      const left = (await intents()).filter((state) => state === "authorized");
      assert.deepEqual(left, [], `${kind} at ${path}`);
    }
  });

  it("is never captured twice: what is being captured keeps its intent", async () => {
    mesh.endpoint.isOn = false;
    const { orderId, intents } = await ending();
    const lose = async (kind: string, path: string) => {
      await mesh.fault(kind, path, { match: { path, orderId } });
    };
    const READ = "GET /v1/payment_intents/*";
    // Stripe has authorised the second one, and nobody knows.
    await lose("500_after", "POST /v1/payment_intents/*/confirm");
    await lose("500_before", READ);
    await renew();
    assert.deepEqual(await intents(), ["authorized", "authorized"]);
    // Stripe has captured the first one, and nobody knows.
    await lose("500_after", "POST /v1/payment_intents/*/capture");
    await lose("500_before", READ);
    assert.equal(await reasonOf(mesh.order.capture({ orderId })), "DEPENDENCY_DOWN");
    await renew();
    assert.deepEqual(await intents(), ["succeeded", "cancelled"]);
    await capture(orderId);
    await assertChargedOnce(mesh, orderId);
    assert.deepEqual(await renewalsOf(orderId), [
      { generation: 2, status: "failed", voided: true },
    ]);
    mesh.endpoint.isOn = true;
  });

  it("is captured once while it is renewed, and nothing stays set aside", async () => {
    for (let round = 0; round < 10; round++) {
      const { orderId, intents } = await ending();
      await Promise.all([mesh.recover(), capture(orderId), mesh.recover()]);
      await mesh.recover();
      await assertChargedOnce(mesh, orderId);
      assert.equal((await intents()).filter((state) => state !== "cancelled").length, 1);
    }
  });

  it("is undone while it is renewed, and nothing stays set aside", async () => {
    for (let round = 0; round < 10; round++) {
      const { orderId, intents } = await ending();
      const undo = () => untilKnown(() => mesh.order.refund({ orderId, reason: "" }));
      await Promise.all([mesh.recover(), undo(), mesh.recover()]);
      await mesh.recover();
      assert.deepEqual(new Set(await intents()), new Set(["cancelled"]));
      await assertUndone(mesh, orderId);
    }
  });
});
