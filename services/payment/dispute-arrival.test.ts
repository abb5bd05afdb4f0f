import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { balances, eventsOf } from "./checks.ts";
import { chargeOf, type StartedPayments, startPayments } from "./testing.ts";
import { chargedBy, tellOfDispute } from "./testing-books.ts";

describe("what Stripe tells of disputes", () => {
  let mesh: StartedPayments;
  before(async () => {
    mesh = await startPayments();
    // What Stripe tells is told here, in this test's order.
    mesh.endpoint.isOn = false;
  });
  after(() => mesh.stop());

  const tell = (id: string, type: string, event?: string) => tellOfDispute(mesh, id, type, event);
  const charged = () => chargedBy(mesh);
  const paymentOf = async (id: string) => (await mesh.support.getPayment({ id })).payment;

  for (const outcome of ["won", "lost"] as const) {
    const types = ["created", "funds_withdrawn", "updated", "closed"];
    it(`in any order, doubled and at once, ends the same (${outcome})`, async () => {
      const ends: object[] = [];
      for (const first of types) {
        for (const last of types) {
          const { orderId, paymentId, intentId } = await charged();
          const { id } = await mesh.bank(intentId);
          await tell(id, first);
          await mesh.bank(id, { outcome });
          const events = [first, ...types, ...types, last].map((type) => [type, `${id}-${type}`]);
          await Promise.all(events.map(([type = "", event]) => tell(id, type, event)));
          const payment = await paymentOf(paymentId);
          ends.push({
            ...(await balances(mesh.db, orderId)),
            events: await eventsOf(mesh.db, orderId),
            refunded: payment?.refunded,
            status: payment?.dispute?.status,
          });
        }
      }
      assert.deepEqual(
        ends,
        ends.map(() => ends[0]),
      );
    });
  }

  it("when it is over opens and closes it, in order", async () => {
    const { orderId, intentId } = await charged();
    const { id } = await mesh.bank(intentId);
    await mesh.bank(id, { outcome: "lost" });
    await Promise.all([tell(id, "closed"), tell(id, "closed")]);
    await tell(id, "created");
    assert.deepEqual(await eventsOf(mesh.db, orderId), [
      ["PaymentSucceeded", "1"],
      ["PaymentDisputed", "2"],
      ["PaymentDisputeClosed", "3"],
    ]);
  });

  it("before it tells of the charge settles that first", async () => {
    const wish = chargeOf();
    const { orderId } = wish;
    const path = "POST /v1/payment_intents/*/confirm";
    await mesh.fault("500_after", path, { match: { path, orderId } });
    const look = "GET /v1/payment_intents/*";
    await mesh.fault("500_before", look, { match: { path: look, orderId } });
    await assert.rejects(mesh.order.charge(wish));
    await mesh.calm();
    const { id } = await mesh.bank((await mesh.atStripe(orderId))?.intents[0] ?? "");
    await tell(id, "created");
    assert.deepEqual(await eventsOf(mesh.db, orderId), [
      ["PaymentSucceeded", "1"],
      ["PaymentDisputed", "2"],
    ]);
  });
});
