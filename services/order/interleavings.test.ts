import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { uuidv7 } from "#kit/uuid.ts";
import { type LifeHouse, lifeHouse } from "./testing-life.ts";
import { checkRest, checkStory } from "./testing-life-checks.ts";
import { PM_3DS, PM_DECLINED } from "./testing-payment.ts";

describe("two drivers of one checkout", () => {
  let house: LifeHouse;
  before(async () => {
    house = await lifeHouse();
  });
  after(() => house.stop());

  async function opened(paymentMethod: string): Promise<string> {
    const id = uuidv7();
    await house.open(id, ["mug"], paymentMethod);
    return id;
  }

  const statusOf = async (id: string) => (await checkStory(house, id)).status;
  const complete = (id: string) => {
    const payment = house.others.payments.get(id);
    assert.equal(payment?.status, "requires_action");
    payment.status = "succeeded";
  };

  it("end in one place: who sleeps while the other goes back confirms nothing", async () => {
    const id = await opened(PM_3DS);
    await house.drive(id, []);
    await house.drive(id, ["paused before"]);
    // The other finds that it took too long, and does not reach payment to end it.
    await house.drive(id, ["fine", "down", "down"], 0);
    complete(id);
    await house.wakeAll();
    assert.equal(await statusOf(id), "PENDING");
    await house.drive(id, []);
    assert.equal(await statusOf(id), "REJECTED");
    await checkRest(house, id);
  });

  it("confirm it where the person was in time for one of them", async () => {
    const id = await opened(PM_3DS);
    await house.drive(id, []);
    complete(id);
    await house.drive(id, ["paused after"], 0);
    await house.drive(id, [], 0);
    assert.equal(await statusOf(id), "CONFIRMED");
    await house.wakeAll();
    await checkRest(house, id);
  });

  for (const fate of ["paused before", "paused after"] as const) {
    it(`leave nothing held by who was ${fate} its reservation while the other went back`, async () => {
      const id = await opened(PM_DECLINED);
      await house.drive(id, [fate]);
      await house.drive(id, []);
      assert.equal(await statusOf(id), "REJECTED");
      await house.wakeAll();
      await checkRest(house, id);
    });

    it(`refund once, by who was ${fate} the refund and by the other`, async () => {
      const id = await opened("pm_card_visa");
      await house.drive(id, []);
      const support = await house.as("helper", "SUPPORT");
      await support.shipOrder({ id, carrier: "UPS", trackingNumber: "1Z" });
      await support.deliverOrder({ id });
      await support.returnOrder({ id, items: [{ productId: "mug", quantity: 1 }] });
      await house.drive(id, [fate]);
      await house.drive(id, []);
      await house.wakeAll();
      await checkRest(house, id);
    });
  }
});
