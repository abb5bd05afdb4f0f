import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import pg from "pg";
import { until } from "#kit/testing-until.ts";
import { type WebhookHouse, webhookHouse } from "./testing-webhooks.ts";

const url = "https://hooks.example";

describe("one person's webhook endpoints", () => {
  let house: WebhookHouse;
  before(async () => {
    house = await webhookHouse();
  });
  after(() => house.stop());

  it("are ten at most, however many are added at once", async () => {
    const gus = await house.as("gus");
    const add = (count: number) =>
      Promise.allSettled(Array.from({ length: count }, () => gus.createWebhookEndpoint({ url })));
    await add(9);
    // All five have come as far as they can before any of them is done.
    const barrier = new pg.Client(house.url);
    await barrier.connect();
    await barrier.query("begin");
    await barrier.query("lock table webhook_endpoints in share mode");
    const adding = add(5);
    await until(async () => {
      const { rows } = await barrier.query(
        `select from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return rows.length === 5;
    });
    await barrier.end();
    const refusals = (await adding).flatMap((one) =>
      one.status === "rejected" ? [one.reason.reason] : [],
    );
    assert.deepEqual(refusals, Array(4).fill("LIMIT_REACHED"));
    const seen: string[] = [];
    let pageToken = "";
    do {
      const page = await gus.listWebhookEndpoints({ pageSize: 4, pageToken });
      seen.push(...page.webhookEndpoints.map(({ id }) => id));
      pageToken = page.nextPageToken ?? "";
    } while (pageToken);
    assert.equal(new Set(seen).size, 10);
    const { webhookEndpoints } = await gus.listWebhookEndpoints({});
    assert.deepEqual(
      webhookEndpoints.map(({ id }) => id),
      seen,
    );
    await gus.deleteWebhookEndpoint({ id: seen[0] ?? "" });
    await gus.createWebhookEndpoint({ url });
  });
});
