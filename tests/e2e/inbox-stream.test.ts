import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { firstEvent, watcher } from "./event-stream.ts";
import { theMesh } from "./mesh.ts";
import { printedOrder } from "./rest.ts";

const STREAM = "/api/v1/notifications:stream";

describe("the stream of an inbox", function () {
  this.timeout(60_000);

  it("tells of a paid order, and goes on after a break with the id of the last event", async () => {
    const { mesh, api } = await theMesh();
    const demo = await api.as("demo@tradepost.dev");
    const watch = await watcher(mesh, "demo@tradepost.dev");

    const first = await watch(STREAM);
    assert.match(first.headers.get("content-type") ?? "", /text\/event-stream/);
    const { body: order } = await demo.post("/api/v1/orders", printedOrder);
    const [id, notification] = await firstEvent<Told>(first, ({ orderId }) => orderId === order.id);
    assert.equal(notification.kind, "ORDER_CONFIRMED");

    await demo.post(`/api/v1/notifications/${notification.id}:act`);
    const second = await watch(STREAM, id);
    const [, acted] = await firstEvent<Told>(
      second,
      ({ orderId, etag }) => orderId === order.id && etag === "opened-acted",
    );
    assert.ok(acted.actTime);
  });
});

interface Told {
  readonly id: string;
  readonly kind: string;
  readonly orderId: string;
  readonly etag: string;
  readonly actTime?: string;
}
