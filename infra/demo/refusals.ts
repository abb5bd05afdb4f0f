// What a shop must also get right: a declined card, an empty shelf, an impatient client.
import { randomUUID } from "node:crypto";
import type { Api } from "./api.ts";
import { ensure, expect, type Step } from "./steps.ts";

export interface RefusalScene {
  readonly buyer: Api;
  /** The body of an order that could be had, with these changes. */
  readonly wish: (changes?: object) => object;
  readonly step: Step;
}

const ORDERS = "/api/v1/orders";

export async function tellRefusals({ buyer, wish, step }: RefusalScene): Promise<void> {
  const isRejected = async (orderId: string, reason: string) => {
    const { body } = expect(await buyer.get(`${ORDERS}/${orderId}`), 200);
    ensure(
      body.status === "REJECTED" && body.rejection?.reason === reason,
      `order ${orderId} is ${body.status} for ${body.rejection?.reason ?? "no reason"}`,
    );
  };

  await step("declined", "A card that is declined buys nothing", async ({ did }) => {
    const declined = wish({ paymentMethod: "pm_card_visa_chargeDeclined" });
    const answer = expect(await buyer.post(ORDERS, declined), 402, "PAYMENT_DECLINED");
    const { orderId } = answer.body.metadata;
    await isRejected(orderId, "PAYMENT_DECLINED");
    did("payment", "asked Stripe, was declined, and wrote PaymentFailed");
    did("order", `rejected ${orderId}; its stock goes back`);
    did("gateway", `answered 402 with a problem document: “${answer.body.title}”`);
  });

  await step("out-of-stock", "An item that is not there is not charged", async ({ did }) => {
    const empty = wish({ items: [{ productId: "prod-200", quantity: 1 }] });
    const answer = expect(await buyer.post(ORDERS, empty), 409, "OUT_OF_STOCK");
    const { orderId } = answer.body.metadata;
    await isRejected(orderId, "OUT_OF_STOCK");
    const { payments } = expect(await buyer.get(`${ORDERS}/${orderId}/payments`), 200).body;
    ensure(
      payments.every(({ status }: { status: string }) => status !== "SUCCEEDED"),
      `order ${orderId} was charged`,
    );
    did("product", `refused: ${answer.body.detail}`);
    did("order", `rejected ${orderId} before anything was charged`);
  });

  await step("retried-key", "A client that asks twice buys once", async ({ did }) => {
    const count = async () => {
      const { orders } = expect(await buyer.get(`${ORDERS}?page_size=100`), 200).body;
      return orders.length as number;
    };
    const before = await count();
    const key = { "idempotency-key": randomUUID() };
    const first = expect(await buyer.post(ORDERS, wish(), key), 201);
    const second = expect(await buyer.post(ORDERS, wish(), key), 201);
    ensure(second.text === first.text, "the second answer is not the first");
    ensure(
      second.headers.get("idempotent-replayed") === "true",
      "the second answer does not say that it is a replay",
    );
    ensure((await count()) === before + 1, "there is not one order more");
    did("order", `placed ${first.body.id} once and answered it twice, byte for byte`);
    const other = wish({ items: [{ productId: "prod-001", quantity: 3 }] });
    expect(await buyer.post(ORDERS, other, key), 422, "IDEMPOTENCY_KEY_REUSED");
    did("gateway", "answered 422 to another order under the same key");
  });
}
