import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { type StartedPayments, signed, startPayments } from "./testing.ts";

type Person = Awaited<ReturnType<StartedPayments["person"]>>;

let people = 0;

describe("payment methods on their way", () => {
  let mesh: StartedPayments;
  before(async () => {
    mesh = await startPayments();
    // What Stripe tells is told by the tests.
    mesh.endpoint.isOn = false;
  });
  after(() => mesh.stop());

  async function somebody(): Promise<{ userId: string; person: Person }> {
    const userId = `user-setups-${++people}`;
    return { userId, person: await mesh.person(userId) };
  }
  const list = async (person: Person) => (await person.listPaymentMethods({})).paymentMethods;
  const defaultOf = async (userId: string) =>
    (await mesh.order.getDefaultPaymentMethod({ userId })).paymentMethod;
  const tell = (setupId: string, id = `evt_${setupId}`) => {
    const event = { id, type: "setup_intent.succeeded", data: { object: { id: setupId } } };
    const { request, as } = signed(event, "whsec_new");
    return mesh.hooks.handleStripeEvent(request, as);
  };

  it("that the bank declines are not saved", async () => {
    const { person } = await somebody();
    const paymentMethod = "pm_card_visa_chargeDeclinedInsufficientFunds";
    const error = await person.createPaymentMethod({ paymentMethod }).catch((thrown) => thrown);
    assert.equal(error.reason, "PAYMENT_DECLINED");
    assert.equal(error.metadata.declineCode, "insufficient_funds");
    assert.deepEqual(await list(person), []);
  });

  it("that the bank wants to hear of are saved once their person has said yes", async () => {
    const { userId, person } = await somebody();
    const paymentMethod = "pm_card_threeDSecure2Required";
    const answer = (await person.createPaymentMethod({ paymentMethod })).paymentMethod;
    const { setup } = answer ?? {};
    assert.equal(answer?.id, "");
    assert.ok(setup?.clientSecret.startsWith(`${setup.id}_secret_`));
    assert.equal(setup?.nextAction?.type, "redirect_to_url");
    await tell(setup?.id ?? "", "evt_too_early");
    assert.deepEqual(await list(person), []);
    await mesh.authenticate(setup?.id ?? "", "success");
    await Promise.all([tell(setup?.id ?? ""), tell(setup?.id ?? "")]);
    const [saved, ...more] = await list(person);
    assert.deepEqual([saved?.last4, saved?.isDefault, more], ["3220", true, []]);
    assert.equal(await defaultOf(userId), saved?.id);
    await person.deletePaymentMethod({ id: saved?.id ?? "" });
    await tell(setup?.id ?? "", "evt_late");
    assert.deepEqual(await list(person), []);
  });

  it("that are chosen in the browser are saved when Stripe tells", async () => {
    const { person } = await somebody();
    const answer = (await person.createPaymentMethod({})).paymentMethod;
    const setupId = answer?.setup?.id ?? "";
    assert.equal(answer?.setup?.nextAction, undefined);
    await mesh.behind(`/v1/setup_intents/${setupId}/confirm`, { payment_method: "pm_card_amex" });
    await tell(setupId);
    assert.deepEqual(
      (await list(person)).map(({ brand }) => brand),
      ["amex"],
    );
    await tell("seti_of_another_shop");
  });
});
