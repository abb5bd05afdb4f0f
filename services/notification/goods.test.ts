import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { Notification_Kind as Kind } from "#gen/tradepost/notification/v1/notification.ts";
import { OrderEvent } from "#gen/tradepost/order/v1/events.ts";
import { recordOf } from "#kit/testing-intake.ts";
import { type House, notificationHouse } from "./testing.ts";

describe("a buyer", () => {
  let house: House;
  before(async () => {
    house = await notificationHouse();
  });
  after(() => house.stop());

  it("is told where the goods of an order are, and of those that came back", async () => {
    const of = (fact: OrderEvent["fact"]) =>
      recordOf(OrderEvent, "o9", { userId: "ann", orderId: "o9", fact });
    const goods = {
      id: "r1",
      items: [{ productId: "mug", quantity: 2 }],
      amount: { currencyCode: "USD", amount: 2_000n },
      reason: "chipped",
    };
    await house.hear(
      "orders",
      of({ $case: "partShipped", value: { consignments: [] } }),
      of({ $case: "shipped", value: { consignments: [] } }),
      of({ $case: "delivered", value: { merchantIds: [] } }),
      of({ $case: "itemsReturned", value: { return: goods } }),
    );
    const ann = await house.as("ann");
    const { notifications } = await ann.listNotifications({});
    assert.deepEqual(notifications.map(({ kind }) => kind).sort(), [
      Kind.ORDER_SHIPPED,
      Kind.ORDER_DELIVERED,
      Kind.ORDER_RETURNED,
    ]);
    const back = notifications.find(({ kind }) => kind === Kind.ORDER_RETURNED);
    assert.equal(back?.body, "2 pieces of order o9 came back; $20.00 will be paid back.");
  });
});
