import assert from "node:assert/strict";
import fc from "fast-check";
import { after, before, describe, it } from "mocha";
import { assertChargedOnce, assertUndone, reasonOf, untilKnown } from "./checks.ts";
import { chargeOf, type StartedPayments, signed, startPayments } from "./testing.ts";

const PATHS = [
  "POST /v1/payment_intents",
  "POST /v1/payment_intents/*/confirm",
  "POST /v1/payment_intents/*/cancel",
  "GET /v1/payment_intents/*",
  "POST /v1/refunds",
  "GET /v1/refunds",
] as const;

const faults = fc.array(
  fc.record({
    kind: fc.constantFrom("500_before", "500_after", "409", "429", "timeout_after"),
    path: fc.constantFrom(...PATHS),
  }),
  { maxLength: 4 },
);

const acts = fc.array(
  fc.record({
    act: fc.constantFrom("charge", "undo", "part", "told", "recover"),
    /** Whether the next act waits for this one. */
    isAwaited: fc.boolean(),
  }),
  { minLength: 1, maxLength: 8 },
);

const card = fc.constantFrom("pm_card_visa", "pm_card_visa", "pm_card_visa_chargeDeclined");

describe("a payment, whatever happens to it in whichever order", () => {
  let mesh: StartedPayments;
  before(async () => {
    mesh = await startPayments({ timeoutMs: 200 });
  });
  after(() => mesh.stop());

  async function act(name: string, wish: ReturnType<typeof chargeOf>): Promise<unknown> {
    const { orderId } = wish;
    switch (name) {
      case "charge":
        return mesh.order.charge(wish);
      case "undo":
        return mesh.order.refund({ orderId, reason: "undo" });
      case "part": {
        const { payments } = await mesh.support.listPayments({ orderId });
        const amount = { currencyCode: "USD", amount: 300n };
        return mesh.support.refundPayment({
          id: payments[0]?.id ?? "none",
          amount,
          reason: "part",
        });
      }
      case "told": {
        const id = (await mesh.atStripe(orderId))?.intents[0] ?? "pi_none";
        const object = { id, object: "payment_intent" };
        const type = "payment_intent.succeeded";
        const { request, as } = signed({ id: `evt_${id}`, type, data: { object } }, "whsec_old");
        return mesh.hooks.handleStripeEvent(request, as);
      }
      default:
        return mesh.recover();
    }
  }

  async function play(
    wish: ReturnType<typeof chargeOf>,
    steps: readonly { act: string; isAwaited: boolean }[],
    disturbances: readonly { kind: string; path: string }[],
  ): Promise<void> {
    for (const { kind, path } of disturbances) {
      await mesh.fault(kind, path, { match: { path, orderId: wish.orderId } });
    }
    const running: Promise<unknown>[] = [];
    for (const step of steps) {
      const one = reasonOf(act(step.act, wish));
      running.push(one);
      if (step.isAwaited) {
        await one;
      }
    }
    await Promise.all(running);
    await mesh.calm();
  }

  it("ends with nothing charged once the order is undone", async () => {
    await fc.assert(
      fc.asyncProperty(acts, faults, card, async (steps, disturbances, paymentMethod) => {
        const wish = chargeOf({ paymentMethod });
        const { orderId } = wish;
        await play(wish, steps, disturbances);
        await untilKnown(() => mesh.order.refund({ orderId, reason: "the end" }));
        await mesh.recover();
        await assertUndone(mesh, orderId);
        assert.equal(await reasonOf(mesh.order.charge(wish)), "WRONG_PAYMENT_STATE");
      }),
      { numRuns: 60, endOnFailure: true },
    );
  }).timeout(60_000);

  it("ends charged once if nobody undoes it", async () => {
    const forward = acts.map((steps) =>
      steps.filter((step) => !["undo", "part"].includes(step.act)),
    );
    await fc.assert(
      fc.asyncProperty(forward, faults, async (steps, disturbances) => {
        const wish = chargeOf();
        await play(wish, steps, disturbances);
        await untilKnown(() => mesh.order.charge(wish));
        await assertChargedOnce(mesh, wish.orderId);
      }),
      { numRuns: 40, endOnFailure: true },
    );
  }).timeout(60_000);
});
