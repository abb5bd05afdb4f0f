import { ProductEvent } from "#gen/tradepost/product/v1/events.ts";
import { jsonCodec } from "#kit/json.ts";
import type { OutgoingEvent } from "#kit/outbox.ts";
import { uuidv7 } from "#kit/uuid.ts";
import type { Change, Fact, Price } from "./product.ts";

const codec = jsonCodec(ProductEvent);

const TYPES = {
  created: "tradepost.product.v1.ProductCreated",
  updated: "tradepost.product.v1.ProductUpdated",
  archived: "tradepost.product.v1.ProductArchived",
} satisfies Record<Fact["type"], string>;

/** What others hear of a change; a change has at most one fact, so the version is its sequence. */
export function toEvents({ product, facts }: Change, traceparent: string): OutgoingEvent[] {
  return facts.map((fact) => ({
    id: uuidv7(),
    topic: "products",
    key: product.id,
    type: TYPES[fact.type],
    payload: codec.encode({
      productId: product.id,
      merchantId: product.merchantId,
      sku: product.sku,
      name: product.name,
      price: toMoney(product.price),
      categories: [...product.categories],
      sequence: product.version,
      fact: toFact(fact),
    }),
    time: product.updatedAt,
    traceparent,
  }));
}

function toFact(fact: Fact): ProductEvent["fact"] {
  switch (fact.type) {
    case "created":
      return { $case: "created", value: {} };
    case "updated": {
      const previousPrice = fact.previousPrice && toMoney(fact.previousPrice);
      return { $case: "updated", value: { previousPrice } };
    }
    case "archived":
      return { $case: "archived", value: {} };
  }
}

function toMoney({ currency, amount }: Price) {
  return { currencyCode: currency, amount };
}
