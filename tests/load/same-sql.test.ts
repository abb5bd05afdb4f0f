import assert from "node:assert/strict";
import { describe, it } from "mocha";
import pg from "pg";
import { migrate } from "#kit/migrate.ts";
import { testDatabase } from "#kit/testing-database.ts";
import { fill } from "../../load-tests/bench/pgbench.ts";
import { orderScript } from "../../load-tests/bench/same-sql.ts";

/** What pgbench puts in: once, by the first client. */
const VARIABLES = { ":client_id": "1", ":product": "1", ":run": "1", ":n": "1" };

const sample = {
  items: '[{"productId": "prod-1", "quantity": 2}]',
  address: '{"city": "SF"}',
  shares: '[{"merchantId": "m", "amount": "3998"}, {"merchantId": "", "amount": "499"}]',
  placed: "{}",
  confirmed: "{}",
  succeeded: "{}",
};

describe("the same SQL by pgbench", function () {
  this.timeout(60_000);

  it("is an order from the first statement to the last, as the services write them today", async () => {
    const { url, drop } = await testDatabase("order");
    await migrate(url, "product");
    await migrate(url, "payment");
    const client = new pg.Client(url);
    await client.connect();
    try {
      await client.query(fill);
      for (const line of orderScript(sample, 1).split("\n")) {
        if (line !== "" && !line.startsWith("\\")) {
          await client.query(withValues(line));
        }
      }
      const { rows } = await client.query(
        `select o.status, o.total::text as total, p.status as payment, s.sold::text as sold,
                (select count(*) from sagas)::int as sagas
           from orders o join payments p on p.order_id = o.id
           join stock s on s.product_id = 'prod-1'`,
      );
      assert.deepEqual(rows, [
        { status: "CONFIRMED", total: "4497", payment: "succeeded", sold: "2", sagas: 0 },
      ]);
    } finally {
      await client.end();
      await drop();
    }
  });
});

function withValues(line: string): string {
  return Object.entries(VARIABLES).reduce(
    (text, [name, value]) => text.replaceAll(new RegExp(`(?<!:)${name}\\b`, "g"), value),
    line,
  );
}
