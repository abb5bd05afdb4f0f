import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { type Receiver, startReceiver } from "./testing-receiver.ts";
import {
  anOrderConfirmed,
  openGuard,
  type WebhookHouse,
  webhookHouse,
} from "./testing-webhooks.ts";
import { type Resolve, webhookGuard } from "./webhook-guard.ts";

describe("the address that a webhook goes to", function () {
  this.timeout(40_000);
  let house: WebhookHouse;
  let receiver: Receiver;
  before(async () => {
    house = await webhookHouse({ guard: openGuard });
    receiver = await startReceiver();
  });
  after(async () => {
    await receiver.stop();
    await house.stop();
  });

  it("is never private, whatever the name meant before", async () => {
    const url = `https://hooks.example:${receiver.port}/rebound`;
    const { id, remove } = await house.endpointOf("dot", url);
    const asked: string[] = [];
    const rebound: Resolve = async (host) => {
      asked.push(host);
      return [{ address: "127.0.0.1", family: 4 }];
    };
    const guard = webhookGuard({ allowsPrivate: false, resolve: rebound });
    await house.whileSending({ guard }, async () => {
      await house.hear("orders", anOrderConfirmed("o7"));
      const [delivery] = await house.settled(id, ({ attempts }) => attempts === 1);
      assert.deepEqual(
        [delivery?.status, delivery?.lastStatus, delivery?.lastError],
        ["PENDING", null, "NO_PUBLIC_ADDRESS"],
      );
    });
    assert.deepEqual(asked, ["hooks.example"]);
    assert.equal(receiver.connections(), 0);
    await remove();
  });

  it("is the one that was judged: the name is looked up once", async () => {
    const { id, remove } = await house.endpointOf(
      "eli",
      `http://hooks.example:${receiver.port}/pinned`,
    );
    let lookups = 0;
    const once: Resolve = async () => {
      lookups += 1;
      return [{ address: lookups === 1 ? "127.0.0.1" : "127.0.0.2", family: 4 }];
    };
    const guard = webhookGuard({ allowsPrivate: true, resolve: once });
    await house.whileSending({ guard }, async () => {
      await house.hear("orders", anOrderConfirmed("o8"));
      await house.settled(id, ({ status }) => status === "SUCCEEDED");
    });
    assert.equal(lookups, 1);
    assert.equal(receiver.at("/pinned")[0]?.headers.host, `hooks.example:${receiver.port}`);
    await remove();
  });
});
