// What must be refused is, with the reason that clients branch on; what was done is not done twice.
import { scarce } from "./catalogue.js";
import { expect } from "./expect.js";
import { shippingAddress } from "./order-parts.js";

const card = "pm_card_visa";
const declined = "pm_card_visa_chargeDeclined";

export function refusals(client, person) {
  const [some] = scarce();
  const of = (productId, quantity, paymentMethod = card) => ({
    items: [{ productId, quantity }],
    shippingAddress,
    paymentMethod,
  });
  refused("nobody", client, undefined, of("prod-001", 1), [401, "MISSING_CREDENTIALS"]);
  refused("no address", client, person, { items: of("prod-001", 1).items }, [400, "INVALID_FIELD"]);
  refused("no such product", client, person, of("prod-999", 1), [404, "PRODUCT_NOT_FOUND"]);
  refused("out of stock", client, person, of(some.id, some.stock + 1), [409, "OUT_OF_STOCK"]);
  refused("declined", client, person, of("prod-001", 1, declined), [402, "PAYMENT_DECLINED"]);
}

function refused(what, client, person, body, [status, reason]) {
  const answer = client.post("refused", "/api/v1/orders", { token: person?.accessToken, body });
  const type = answer.headers["Content-Type"];
  expect(
    `refused, ${what}`,
    {
      status: [answer.status, status],
      reason: [answer.body.reason, reason],
      problem: [type?.split(";")[0], "application/problem+json"],
      "told as": [answer.body.status, status],
    },
    client.tags,
  );
}

/** The same request with the same key is the same order. */
export function replay(client, { accessToken: token }, items, key, placed) {
  const body = { items, shippingAddress, paymentMethod: card };
  const answer = client.post("order", "/api/v1/orders", { token, key, body });
  expect(
    "order again",
    {
      status: [answer.status, 201],
      "the same": [answer.body, placed || null],
      replayed: [answer.headers["Idempotent-Replayed"], "true"],
    },
    client.tags,
  );
}
