import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import { Payment_Status } from "#gen/tradepost/payment/v1/payment.ts";
import { assertChargedOnce, reasonOf } from "./checks.ts";
import { chargeOf, type StartedPayments, startPayments } from "./testing.ts";

type Person = Awaited<ReturnType<StartedPayments["person"]>>;

let people = 0;

describe("saved payment methods", () => {
  let mesh: StartedPayments;
  before(async () => {
    mesh = await startPayments();
  });
  afterEach(() => mesh.calm());
  after(() => mesh.stop());

  async function somebody(): Promise<{ userId: string; person: Person }> {
    const userId = `user-methods-${++people}`;
    return { userId, person: await mesh.person(userId) };
  }
  async function save(person: Person, paymentMethod = "pm_card_visa") {
    const answer = await person.createPaymentMethod({ paymentMethod });
    assert.ok(answer.paymentMethod);
    return answer.paymentMethod;
  }
  const list = async (person: Person) => (await person.listPaymentMethods({})).paymentMethods;
  const defaultOf = async (userId: string) =>
    (await mesh.order.getDefaultPaymentMethod({ userId })).paymentMethod;

  it("show what may be shown of a card, and the first one becomes the default", async () => {
    const { userId, person } = await somebody();
    assert.equal(await defaultOf(userId), undefined);
    const visa = await save(person);
    const { id, createTime, ...shown } = visa;
    assert.match(id, /^pm_/);
    assert.ok(createTime);
    assert.deepEqual(shown, {
      brand: "visa",
      last4: "4242",
      expMonth: 12,
      expYear: 2034,
      isDefault: true,
      etag: "1",
      setup: undefined,
    });
    const other = await save(person, "pm_card_mastercard");
    assert.equal(other.isDefault, false);
    assert.deepEqual(await list(person), [other, visa]);
    assert.equal(await defaultOf(userId), id);
    const { rowCount } = await mesh.db.query("select from customers where user_id = $1", [userId]);
    assert.equal(rowCount, 1);
  });

  it("come page by page", async () => {
    const { person } = await somebody();
    for (let number = 0; number < 3; number++) {
      await save(person);
    }
    const all = await list(person);
    const first = await person.listPaymentMethods({ pageSize: 2 });
    const { nextPageToken = "" } = first;
    const rest = await person.listPaymentMethods({ pageSize: 2, pageToken: nextPageToken });
    assert.deepEqual([...first.paymentMethods, ...rest.paymentMethods], all);
    assert.equal(rest.nextPageToken, undefined);
    const stranger = (await somebody()).person;
    const forged = stranger.listPaymentMethods({ pageToken: nextPageToken });
    assert.equal(await reasonOf(forged), "INVALID_PAGE_TOKEN");
  });

  it("are saved once for one idempotency key", async () => {
    const { person } = await somebody();
    const as = { idempotencyKey: "save-once" };
    const ask = () => person.createPaymentMethod({ paymentMethod: "pm_card_visa" }, as);
    const [first, second] = [await ask(), await ask()];
    assert.deepEqual(second, first);
    assert.equal((await list(person)).length, 1);
    const other = person.createPaymentMethod({ paymentMethod: "pm_card_amex" }, as);
    assert.equal(await reasonOf(other), "IDEMPOTENCY_KEY_REUSED");
    assert.equal((await list(person)).length, 1);
  });

  it("are one customer at Stripe, however many are saved at once", async () => {
    const { userId, person } = await somebody();
    const saved = await Promise.all(Array.from({ length: 5 }, () => save(person)));
    assert.equal(saved.filter(({ isDefault }) => isDefault).length >= 1, true);
    const shown = await list(person);
    assert.equal(shown.filter(({ isDefault }) => isDefault).length, 1);
    const wish = chargeOf({ userId, paymentMethod: shown[4]?.id ?? "" });
    assert.equal((await mesh.order.charge(wish)).payment?.status, Payment_Status.SUCCEEDED);
  });

  it("are charged for their owner only", async () => {
    const { userId, person } = await somebody();
    const { id: paymentMethod } = await save(person);
    const own = chargeOf({ userId, paymentMethod });
    await mesh.order.charge(own);
    await assertChargedOnce(mesh, own.orderId);
    const stolen = chargeOf({ userId: "user-thief", paymentMethod });
    assert.equal(await reasonOf(mesh.order.charge(stolen)), "PAYMENT_DECLINED");
    assert.equal(await mesh.atStripe(stolen.orderId), undefined);
    await person.deletePaymentMethod({ id: paymentMethod });
    const forgotten = chargeOf({ userId, paymentMethod });
    assert.equal(await reasonOf(mesh.order.charge(forgotten)), "PAYMENT_DECLINED");
  });

  it("are forgotten by us and by Stripe, for good", async () => {
    const { userId, person } = await somebody();
    const { id, etag } = await save(person);
    const other = await save(person, "pm_card_amex");
    assert.equal(await reasonOf(person.deletePaymentMethod({ id, etag: "9" })), "STALE_ETAG");
    await person.deletePaymentMethod({ id, etag });
    assert.equal(await reasonOf(person.deletePaymentMethod({ id })), "PAYMENT_METHOD_NOT_FOUND");
    assert.deepEqual(await list(person), [other]);
    assert.equal(await defaultOf(userId), undefined);
    assert.equal(
      await reasonOf(person.createPaymentMethod({ paymentMethod: id })),
      "PAYMENT_METHOD_NOT_FOUND",
    );
    await mesh.recover();
    const { rows } = await mesh.db.query("select detached from payment_methods where id = $1", [
      id,
    ]);
    assert.deepEqual(rows, [{ detached: true }]);
    const third = await save(person);
    assert.equal(third.isDefault, true);
  });

  it("have one default, the one that was set last", async () => {
    const { userId, person } = await somebody();
    const [first, second] = [await save(person), await save(person, "pm_card_jcb")];
    const { paymentMethod } = await person.setDefaultPaymentMethod({ id: second.id });
    assert.deepEqual(paymentMethod, { ...second, isDefault: true });
    assert.equal(await defaultOf(userId), second.id);
    await Promise.all([
      person.setDefaultPaymentMethod({ id: first.id }),
      person.deletePaymentMethod({ id: second.id }),
    ]);
    assert.deepEqual(await list(person), [{ ...first, isDefault: true }]);
  });

  it("of somebody else are none", async () => {
    const { id } = await save((await somebody()).person);
    const { person: stranger } = await somebody();
    const reasons = await Promise.all([
      reasonOf(stranger.deletePaymentMethod({ id })),
      reasonOf(stranger.setDefaultPaymentMethod({ id })),
      reasonOf(stranger.createPaymentMethod({ paymentMethod: id })),
      reasonOf(stranger.createPaymentMethod({ paymentMethod: "pm_nobody_has_it" })),
    ]);
    assert.deepEqual(new Set(reasons), new Set(["PAYMENT_METHOD_NOT_FOUND"]));
    assert.deepEqual(await list(stranger), []);
    assert.equal(await reasonOf(mesh.hooks.listPaymentMethods({})), "MISSING_CREDENTIALS");
    assert.equal(
      await reasonOf(stranger.getDefaultPaymentMethod({ userId: "u" })),
      "ROLE_REQUIRED",
    );
  });
});
