import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { firstEvent } from "./first-event.ts";
import { theMesh } from "./mesh.ts";
import { printedOrder } from "./rest.ts";

describe("the stream of an inbox", function () {
  this.timeout(60_000);

  it("tells of a paid order, and goes on after a break with the id of the last event", async () => {
    const { mesh, api } = await theMesh();
    const { body: signedIn } = await api.post("/api/v1/auth/login", {
      email: "demo@tradepost.dev",
      password: "tradepost-demo-1",
    });
    const demo = await api.as("demo@tradepost.dev");
    const headers = {
      accept: "text/event-stream",
      authorization: `Bearer ${signedIn.accessToken}`,
    };
    const url = `${mesh.gatewayUrl}/api/v1/notifications:stream`;

    const first = await fetch(url, { headers });
    assert.match(first.headers.get("content-type") ?? "", /text\/event-stream/);
    const { body: order } = await demo.post("/api/v1/orders", printedOrder);
    const [id, notification] = await firstEvent<Told>(first, ({ orderId }) => orderId === order.id);
    assert.equal(notification.kind, "ORDER_CONFIRMED");

    await demo.post(`/api/v1/notifications/${notification.id}:act`);
    const second = await fetch(url, { headers: { ...headers, "last-event-id": id } });
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
