import assert from "node:assert/strict";
import fc from "fast-check";
import { after, before, describe, it } from "mocha";
import { type Fate, type LifeHouse, lifeHouse } from "./testing-life.ts";
import { checkRest, checkStory } from "./testing-life-checks.ts";
import {
  cancel,
  complete,
  deliver,
  doubt,
  drive,
  giveBack,
  MANY,
  type Model,
  place,
  products,
  ship,
  wake,
} from "./testing-life-commands.ts";
import { PM_3DS, PM_DECLINED } from "./testing-payment.ts";
import type { Status } from "./transitions.ts";

const pick = fc.nat(MANY - 1);
const who = fc.constantFrom("m1", "m2", "support", "support");
const fates = fc.array(
  fc.constantFrom<Fate[]>("fine", "fine", "lost", "down", "paused before", "paused after"),
  { maxLength: 4 },
);
const method = fc.constantFrom("pm_card_visa", "pm_card_visa", PM_3DS, PM_DECLINED);
const commands = fc.commands(
  [
    fc.tuple(method, fc.constantFrom(1, 2)).map((args) => place(...args)),
    fc.tuple(pick, who).map((args) => ship(...args)),
    fc.tuple(pick, who).map((args) => deliver(...args)),
    fc
      .tuple(pick, fc.constantFrom(...products), fc.constantFrom(1, 2, 2))
      .map((args) => giveBack(...args)),
    pick.map(cancel),
    pick.map(doubt),
    pick.map(complete),
    fc.tuple(pick, fates, fc.boolean()).map((args) => drive(...args)),
    pick.map((order) => drive(order, [], false)),
    fc.constant(wake()),
  ],
  { maxCommands: 80, size: "max" },
);

/** Whatever was disturbed: doubts end, sleepers wake up, drivers drive until nothing is left. */
async function calm({ orders }: Model, house: LifeHouse): Promise<void> {
  await house.wakeAll();
  for (const { id } of orders) {
    const payment = house.others.payments.get(id);
    if (payment) {
      payment.disputed = false;
    }
    for (let tries = 0; tries < 5 && (await house.isUnderWay(id)); tries++) {
      await house.drive(id, [], 0);
    }
  }
  await house.wakeAll();
  const { rows } = await house.db.query("select kind, id, step from sagas");
  assert.deepEqual(rows, []);
}

const isFull = process.env.TEST_ROUNDS === "full";

describe("an order's life", function () {
  this.timeout(120_000);
  let house: LifeHouse;
  before(async () => {
    house = await lifeHouse();
  });
  after(() => house.stop());

  it("is a path in the table with an event for each step, whatever comes in between", async () => {
    const movers = {
      m1: await house.as("m1", "MERCHANT"),
      m2: await house.as("m2", "MERCHANT"),
      support: await house.as("helper", "SUPPORT"),
    };
    const buyer = await house.as("buyer");
    const ends = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(commands, async (all) => {
        const model: Model = { orders: [] };
        await fc.asyncModelRun(() => ({ model, real: { house, buyer, movers } }), all);
        await calm(model, house);
        for (const { id } of model.orders) {
          await checkRest(house, id);
          const { status } = await checkStory(house, id);
          ends.set(status, (ends.get(status) ?? 0) + 1);
        }
      }),
      { numRuns: isFull ? 300 : 12 },
    );
    // Twelve runs are too few to promise that each end is among them.
    const all: Status[] = isFull
      ? ["CONFIRMED", "SHIPPED", "DELIVERED", "RETURNED", "CANCELLED", "REJECTED"]
      : ["CONFIRMED", "CANCELLED", "REJECTED"];
    assert.deepEqual(
      all.filter((status) => !ends.has(status)),
      [],
    );
  });
});
