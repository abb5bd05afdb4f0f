import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "mocha";
import { inTransaction, type Tx } from "#kit/db.ts";
import type { Told } from "#kit/testing-intake.ts";
import { until } from "#kit/testing-until.ts";
import { keepBuyers } from "./cohort-store.ts";
import { advanceOrders } from "./funnel-store.ts";
import { analyticsHouse, type House } from "./testing.ts";
import { lifeOf } from "./testing-orders.ts";

const ORDERS = 60;
const BUYERS = 7;
const time = (minute: number) => new Date(Date.UTC(2026, 0, 31, 23, minute));

const goods = [
  { productId: "mug", merchantId: "m1", quantity: 2, subtotal: 2_000n },
  { productId: "hat", merchantId: "m2", quantity: 3, subtotal: 1_501n },
];

describe("events that are heard at once", () => {
  let house: House;
  before(async () => {
    house = await analyticsHouse();
  });
  beforeEach(() => house.forget());
  after(() => house.stop());

  const lives = (prefix: string) =>
    Array.from({ length: ORDERS }, (_, n) =>
      lifeOf({ orderId: `${prefix}${n}`, userId: `user-${n % BUYERS}`, items: goods }),
    );
  type Life = ReturnType<typeof lifeOf>;
  type Hear = (partition: number, event: (life: Life) => Told) => Promise<void>;

  /** One after the other in a partition, which is as if each had a process of its own. */
  const hearing =
    (topic: "orders" | "payments", orders: readonly Life[]): Hear =>
    (partition, event) =>
      house.hear(topic, ...orders.map((life) => ({ ...event(life), partition })));

  it("are each counted once, in the rows that they share, and none waits for ever", async () => {
    const [some, others] = [lives("a"), lives("b")];
    const [ofSome, ofOthers] = [hearing("orders", some), hearing("orders", others)];
    const paying = hearing("payments", some);
    await ofSome(0, ({ placed }) => placed(time(0)));
    await ofSome(0, ({ confirmed }) => confirmed(time(0)));
    await Promise.all([
      ofSome(1, ({ confirmed }) => confirmed(time(1))),
      ofOthers(2, ({ confirmed }) => confirmed(time(60))),
    ]);
    await Promise.all([
      ofSome(2, ({ shipped }) => shipped(time(2), ["m1"])),
      ofSome(3, ({ delivered }) => delivered(time(3))),
      paying(0, ({ paid }) => paid(time(4))),
    ]);
    // What has come to be known in that crowd is known: said again it is nothing new, and with an
    // earlier order all of it moves.
    await ofSome(0, ({ shipped }) => shipped(time(5), ["m1"]));
    await paying(0, ({ paid }) => paid(time(6)));
    await ofOthers(0, ({ confirmed }) => confirmed(new Date("2025-12-31")));
    const all = { from: time(0), to: time(120) };
    const merchant = await house.as("m1", "MERCHANT");
    const { funnel } = await merchant.getFunnel(all);
    const count = BigInt(ORDERS);
    assert.deepEqual(funnel, {
      placed: count,
      confirmed: count,
      paid: count,
      shipped: count,
      delivered: count,
      cancelled: 0n,
      returned: 0n,
    });
    const { cohorts } = await merchant.listCohorts({ from: new Date("2025-12-01"), to: time(120) });
    const spent = (times: bigint) => [{ currencyCode: "USD", amount: times * count * 2_000n }];
    assert.deepEqual(
      cohorts.map(({ buyers, months }) => [buyers, months.map((month) => month.spent)]),
      [[BigInt(BUYERS), [spent(1n), spent(2n), spent(1n)]]],
    );
    const [summary] = (await merchant.getSummary(all)).summaries;
    assert.deepEqual([summary?.orders, summary?.uniqueBuyers], [count * 3n, BigInt(BUYERS)]);
    const { products } = await merchant.listTopProducts(all);
    assert.deepEqual(
      products.map(({ units }) => units),
      [count * 6n],
    );
  });

  /** What the second writer gains, that begins when the first has read and not yet written. */
  async function afterAnother<T>(write: (tx: Tx, isFirst: boolean) => Promise<T>): Promise<T> {
    const state = { hasRead: false, isDone: false };
    let goOn = () => {};
    const second = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const first = inTransaction(house.db, (tx) => {
      const query = async (statement: { name: string }) => {
        if (statement.name.endsWith(".save")) {
          state.hasRead = true;
          await second;
        }
        return tx.query(statement as never);
      };
      return write(Object.assign(Object.create(tx), { query }), true);
    });
    await until(async () => state.hasRead);
    const gained = inTransaction(house.db, (tx) => write(tx, false)).finally(() => {
      state.isDone = true;
    });
    await until(async () => {
      const { rows } = await house.db.query(
        `select from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return state.isDone || rows.length > 0;
    });
    goOn();
    await first;
    return gained;
  }

  it("of one order know what the other has told", async () => {
    const told = { orderId: "o1", placeTime: undefined, merchants: [], goods: [], whose: [] };
    await inTransaction(house.db, (tx) =>
      advanceOrders(tx, [{ ...told, placeTime: time(0), order: [] }], false),
    );
    const gained = await afterAnother((tx, isFirst) =>
      isFirst
        ? advanceOrders(tx, [{ ...told, order: ["confirmed"], merchants: ["m1"] }], false)
        : advanceOrders(tx, [{ ...told, order: ["paid"] }], false),
    );
    assert.deepEqual(
      gained.map(({ merchantId, paid, confirmed }) => [merchantId, paid, confirmed]),
      ["", "", "", "m1", "m1", "m1"].map((merchantId) => [merchantId, 1, 0]),
    );
  });

  it("of one buyer know what the other has told", async () => {
    const bought = (month: number) => ({
      merchantId: "",
      userId: "ada",
      spent: [{ month: new Date(Date.UTC(2026, month)), currency: "USD", amount: 5n }],
    });
    await inTransaction(house.db, (tx) => keepBuyers(tx, [bought(2)], false));
    const gained = await afterAnother((tx, isFirst) =>
      keepBuyers(tx, [bought(isFirst ? 0 : 1)], false),
    );
    assert.deepEqual(
      gained.map(({ firstMonth, month, buyers }) => [
        firstMonth.getUTCMonth(),
        month.getUTCMonth(),
        buyers,
      ]),
      [
        [0, 1, 1],
        [0, 1, 1],
      ],
    );
  });
});
