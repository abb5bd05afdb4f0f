import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { silent } from "#kit/log.ts";
import { testDatabase } from "#kit/testing.ts";
import { ended } from "#kit/testing-child.ts";
import { publish, testTopics } from "#kit/testing-kafka.ts";
import { until } from "#kit/testing-until.ts";
import { uuidv7 } from "#kit/uuid.ts";
import { rebuild } from "./rebuilding.ts";
import { lifeOf } from "./testing-orders.ts";
import { startRebuild } from "./testing-rebuild.ts";

const mugs = { productId: "mug", name: "Mug", merchantId: "m1", quantity: 2, subtotal: 2_000n };
const ORDERS = 400;

describe("a rebuild that is killed", function () {
  this.timeout(120_000);

  it("changes nothing, and the next one begins again", async () => {
    const topics = await testTopics({ only: ["orders", "payments"] });
    const { db, url, drop } = await testDatabase("analytics");
    const records = Array.from({ length: ORDERS }, (_, n) => {
      const { placed, confirmed, paid } = lifeOf({
        orderId: `o${n}`,
        userId: `u${n}`,
        items: [mugs],
      });
      const time = new Date(Date.UTC(2026, 0, 1, 10, n % 60));
      return [placed(time), confirmed(time), paid(time)].map(({ key, value }, at) => ({
        ...{ topic: at === 2 ? ("payments" as const) : ("orders" as const), key, value },
        headers: { ce_id: uuidv7(), ce_time: time.toISOString() },
      }));
    }).flat();
    await publish(topics, [...records, ...records.slice(0, 50)]);
    const again = () => rebuild(url, { ...topics, security: undefined, log: silent });
    const { added } = await again();
    assert.equal(added, 120, "an hour of the shop's and the merchant's");

    const is = (sql: string) => async () => {
      const { rows } = await db.query<{ is: boolean }>(`select ${sql}`).catch(() => ({ rows: [] }));
      return rows[0]?.is ?? false;
    };
    for (const moment of [
      "to_regclass('rebuild.windows') is not null as is",
      "exists (select from rebuild.inbox) as is",
      "exists (select from rebuild.windows) as is",
    ]) {
      const child = startRebuild({ ...topics, url });
      await until(is(moment));
      child.kill("SIGKILL");
      await ended(child);
      assert.equal(await is("sum(orders) = 800 as is from windows")(), true);
    }

    assert.deepEqual(await again(), { same: added, changed: 0, added: 0 });
    assert.equal(await is("sum(paid) = 800 as is from funnels where grain = 'day'")(), true);
    await drop();
  });
});
