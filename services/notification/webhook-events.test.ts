import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { OrderEvent } from "#gen/tradepost/order/v1/events.ts";
import { PaymentEvent } from "#gen/tradepost/payment/v1/events.ts";
import { jsonCodec } from "#kit/json.ts";
import type { Told } from "#kit/testing-intake.ts";
import { anOrder, anOrderConfirmed, aPayment } from "./testing-webhooks.ts";
import { type Announcement, orderAnnouncements, paymentAnnouncements } from "./webhook-events.ts";

const time = new Date("2026-01-01T10:00:00.123Z");

function heard<E>(value: E) {
  return { id: "e1", type: "", key: "", time, value, partition: 0, offset: 0n };
}

const ofOrder = ({ value }: Told) => orderAnnouncements(heard(jsonCodec(OrderEvent).decode(value)));
const ofPayment = ({ value }: Told) =>
  paymentAnnouncements(heard(jsonCodec(PaymentEvent).decode(value)));

const dollars = (amount: bigint) => ({ currencyCode: "USD", amount });

/** Type, audience, and what is picked of the data. */
const picked = (all: readonly Announcement[], ...names: readonly string[]) =>
  all.map(({ eventType, audience, payload }) => {
    const { data } = JSON.parse(payload);
    return [eventType, audience, ...names.map((name) => data[name])];
  });

const productsOf = (items: { productId: string }[]) => items.map(({ productId }) => productId);

describe("what webhooks say of an order", () => {
  it("is the order to administrators, and to each merchant its own lines and their sums", () => {
    const all = ofOrder(anOrderConfirmed("o1")).map(({ audience, payload }) => {
      const { data, ...head } = JSON.parse(payload);
      assert.deepEqual(head, { type: "order.confirmed", timestamp: "2026-01-01T10:00:00.123Z" });
      const { items, subtotal, discounts, shipping, tax, total, orderId, userId } = data;
      assert.deepEqual([orderId, userId], ["o1", "buyer"]);
      const amounts = [subtotal, discounts, shipping, tax, total].map(({ amount }) => amount);
      return [audience, productsOf(items), amounts];
    });
    assert.deepEqual(all, [
      ["*", ["mug", "cup", "pen"], ["3500", "-100", "500", "0", "3900"]],
      ["m1", ["mug", "cup"], ["3000", "0", "0", "0", "3000"]],
      ["m2", ["pen"], ["500", "0", "0", "0", "500"]],
    ]);
  });

  it("names no person but by id", () => {
    for (const { payload } of ofOrder(anOrderConfirmed("o1"))) {
      assert.doesNotMatch(payload, /mail|address|street|fullName|phone/i);
    }
  });

  it("is told of a shipment to its merchant, and to administrators once all is on its way", () => {
    const consignment = (merchantId: string) => ({
      merchantId,
      carrier: "DHL",
      trackingNumber: "1",
    });
    const part = { consignments: [consignment("m1")] };
    assert.deepEqual(
      picked(ofOrder(anOrder("o1", { $case: "partShipped", value: part })), "consignments"),
      [["ORDER_SHIPPED", "m1", [consignment("m1")]]],
    );
    const rest = { consignments: [consignment("m2")] };
    assert.deepEqual(
      picked(ofOrder(anOrder("o1", { $case: "shipped", value: rest })), "consignments"),
      [
        ["ORDER_SHIPPED", "*", [consignment("m2")]],
        ["ORDER_SHIPPED", "m2", [consignment("m2")]],
      ],
    );
  });

  it("is told of an arrival likewise", () => {
    const part = anOrder("o1", { $case: "partDelivered", value: { merchantIds: ["m2"] } });
    assert.deepEqual(picked(ofOrder(part)), [["ORDER_DELIVERED", "m2"]]);
    const all = anOrder("o1", { $case: "delivered", value: { merchantIds: ["m1"] } });
    assert.deepEqual(picked(ofOrder(all)), [
      ["ORDER_DELIVERED", "*"],
      ["ORDER_DELIVERED", "m1"],
    ]);
  });

  it("is told of a return to those whose goods came back, each its own", () => {
    const items = [
      { productId: "cup", quantity: 1 },
      { productId: "mug", quantity: 2 },
    ];
    const value = { return: { id: "r1", items, amount: dollars(3_000n), reason: "too small" } };
    const all = ofOrder(anOrder("o1", { $case: "itemsReturned", value }));
    assert.deepEqual(picked(all, "returnedItems"), [
      ["ORDER_RETURNED", "*", items],
      ["ORDER_RETURNED", "m1", items],
    ]);
  });

  it("is nothing of what concerns nobody", () => {
    assert.deepEqual(ofOrder(anOrder("o1", { $case: "placed", value: {} })), []);
    assert.deepEqual(ofOrder(anOrder("o1", undefined)), []);
    const nobodys = {
      ...anOrderConfirmed("o1"),
      value: '{"orderId":"o1","items":[{"productId":"mug"}],"cancelled":{}}',
    };
    assert.deepEqual(picked(ofOrder(nobodys)), [["ORDER_CANCELLED", "*"]]);
  });
});

describe("what webhooks say of a payment", () => {
  it("is told to administrators", () => {
    const failed = aPayment("o1", { $case: "failed", value: { declineCode: "generic_decline" } });
    assert.deepEqual(picked(ofPayment(failed), "paymentId", "orderId", "amount", "declineCode"), [
      [
        "PAYMENT_FAILED",
        "*",
        "pay-o1",
        "o1",
        { currencyCode: "USD", amount: "3900" },
        "generic_decline",
      ],
    ]);
    const dispute = {
      id: "dp_1",
      status: 1,
      amount: dollars(3_900n),
      reason: "fraudulent",
    } as const;
    const disputed = ofPayment(aPayment("o1", { $case: "disputed", value: { dispute } }));
    assert.deepEqual(
      disputed.map(({ eventType, audience, payload }) => [
        eventType,
        audience,
        JSON.parse(payload).data.dispute.reason,
      ]),
      [["PAYMENT_DISPUTED", "*", "fraudulent"]],
    );
  });

  it("is told of a refund to each merchant too, its own part of it and no other amount", () => {
    const shares = [
      { merchantId: "", amount: dollars(200n) },
      { merchantId: "m1", amount: dollars(700n) },
      { merchantId: "m2", amount: dollars(300n) },
    ];
    const value = { refundId: "re1", amount: dollars(1_200n), shares };
    const all = ofPayment(aPayment("o1", { $case: "refundedPart", value }));
    const usd = (amount: string) => ({ currencyCode: "USD", amount });
    assert.deepEqual(picked(all, "refundId", "refundAmount", "amount", "refunded"), [
      ["PAYMENT_REFUNDED", "*", "re1", usd("1200"), usd("3900"), usd("1200")],
      ["PAYMENT_REFUNDED", "m1", "re1", usd("700"), undefined, undefined],
      ["PAYMENT_REFUNDED", "m2", "re1", usd("300"), undefined, undefined],
    ]);
  });

  it("is nothing of a charge that went well", () => {
    const succeeded = aPayment("o1", { $case: "succeeded", value: { shares: [] } });
    assert.deepEqual(ofPayment(succeeded), []);
  });
});
