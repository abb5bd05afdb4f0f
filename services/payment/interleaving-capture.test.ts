import assert from "node:assert/strict";
import fc from "fast-check";
import { after, before, describe, it } from "mocha";
import { Payment_Capture, Payment_Status } from "#gen/tradepost/payment/v1/payment.ts";
import { assertChargedOnce, assertUndone, reasonOf, untilKnown } from "./checks.ts";
import { chargeOf, type StartedPayments, signed, startPayments } from "./testing.ts";

const PATHS = [
  "POST /v1/payment_intents",
  "POST /v1/payment_intents/*/confirm",
  "POST /v1/payment_intents/*/capture",
  "POST /v1/payment_intents/*/cancel",
  "GET /v1/payment_intents/*",
] as const;

const faults = fc.array(
  fc.record({
    kind: fc.constantFrom("500_before", "500_after", "409", "timeout_after"),
    path: fc.constantFrom(...PATHS),
  }),
  { maxLength: 3 },
);

const steps = (...names: string[]) =>
  fc.array(fc.record({ act: fc.constantFrom(...names), isAwaited: fc.boolean() }), {
    minLength: 1,
    maxLength: 8,
  });

type Wish = ReturnType<typeof chargeOf>;

const userId = "user-interleaving";

describe("a payment that is taken later, whatever happens to it in whichever order", () => {
  let mesh: StartedPayments;
  let saved: string;
  before(async () => {
    mesh = await startPayments({ timeoutMs: 300 });
    const person = await mesh.person(userId);
    const answer = await person.createPaymentMethod({ paymentMethod: "pm_card_visa" });
    saved = answer.paymentMethod?.id ?? "";
  });
  after(() => mesh.stop());

  const intentsOf = async (orderId: string) => (await mesh.atStripe(orderId))?.intents ?? [];

  async function act(name: string, wish: Wish): Promise<unknown> {
    const { orderId } = wish;
    const [first = "pi_none"] = await intentsOf(orderId);
    switch (name) {
      case "charge":
        return mesh.order.charge(wish);
      case "capture":
        return mesh.order.capture({ orderId });
      case "undo":
        return mesh.order.refund({ orderId, reason: "undo" });
      case "age":
        return mesh.db.query(
          `update payments set capture_before = now() + interval '1 hour'
            where order_id = $1 and status = 'authorized'`,
          [orderId],
        );
      case "authenticate":
        return mesh.authenticate(first, "success");
      case "told": {
        const type = "payment_intent.amount_capturable_updated";
        const event = { id: `evt_${first}`, type, data: { object: { id: first } } };
        const { request, as } = signed(event, "whsec_old");
        return mesh.hooks.handleStripeEvent(request, as);
      }
      default:
        return mesh.recover();
    }
  }

  async function play(
    wish: Wish,
    acts: readonly { act: string; isAwaited: boolean }[],
    disturbances: readonly { kind: string; path: string }[],
  ): Promise<void> {
    await reasonOf(act("charge", wish));
    for (const { kind, path } of disturbances) {
      await mesh.fault(kind, path, { match: { path, orderId: wish.orderId } });
    }
    const running: Promise<unknown>[] = [];
    for (const step of acts) {
      const one = reasonOf(act(step.act, wish));
      running.push(one);
      if (step.isAwaited) {
        await one;
      }
    }
    await Promise.all(running);
    await mesh.calm();
  }

  /** Nothing is set aside at Stripe that nobody will ever take. */
  async function assertNothingHeld(orderId: string): Promise<void> {
    await mesh.recover();
    for (const id of await intentsOf(orderId)) {
      const { state } = await mesh.provider.readIntent(id);
      assert.ok(!["authorized", "needsPerson"].includes(state.kind), `${id} is ${state.kind}`);
    }
  }

  const wishes = fc.constantFrom("saved", "pm_card_visa", "pm_card_threeDSecure2Required");
  const wishFor = (paymentMethod: string) =>
    chargeOf({
      ...{ userId, capture: Payment_Capture.ON_SHIPMENT },
      paymentMethod: paymentMethod === "saved" ? saved : paymentMethod,
    });

  it("ends with nothing taken or set aside once the order is undone", async () => {
    const acts = steps("charge", "capture", "undo", "age", "authenticate", "told", "recover");
    await fc.assert(
      fc.asyncProperty(wishes, acts, faults, async (method, some, disturbances) => {
        const wish = wishFor(method);
        const { orderId } = wish;
        await play(wish, some, disturbances);
        await untilKnown(() => mesh.order.refund({ orderId, reason: "the end" }));
        await assertUndone(mesh, orderId);
        await assertNothingHeld(orderId);
        assert.equal(await reasonOf(mesh.order.capture({ orderId })), "WRONG_PAYMENT_STATE");
      }),
      { numRuns: 40, endOnFailure: true },
    );
  }).timeout(120_000);

  it("ends taken once if nobody undoes it", async () => {
    const acts = steps("charge", "capture", "age", "age", "authenticate", "told", "recover");
    await fc.assert(
      fc.asyncProperty(wishes, acts, faults, async (method, some, disturbances) => {
        const wish = wishFor(method);
        const { orderId } = wish;
        await play(wish, some, disturbances);
        const { payment } = await untilKnown(() => mesh.order.charge(wish));
        if (payment?.status === Payment_Status.REQUIRES_ACTION) {
          await act("authenticate", wish);
          await mesh.recover();
        }
        await untilKnown(() => mesh.order.capture({ orderId }));
        await assertChargedOnce(mesh, orderId);
        await assertNothingHeld(orderId);
      }),
      { numRuns: 40, endOnFailure: true },
    );
  }).timeout(120_000);
});
