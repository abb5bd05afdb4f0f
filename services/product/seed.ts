import { randomBytes } from "node:crypto";
import { type Db, inTransaction } from "#kit/db.ts";
import { uuidv7 } from "#kit/uuid.ts";
import { demoProducts, demoStock } from "./demo-products.ts";
import { toEvents } from "./events.ts";
import { addProducts } from "./store.ts";

/** The demo's merchant in the user service. */
const merchantId = "user-merchant";

/** Fills the shop; a product that is there already is left as it is. */
export async function seedDemo(db: Db): Promise<void> {
  const changes = demoProducts(merchantId);
  const arrivals = changes.map(({ product }) => ({
    product,
    stock: demoStock(product.id),
    movementId: uuidv7(),
  }));
  const hex = randomBytes(24).toString("hex");
  const traceparent = `00-${hex.slice(0, 32)}-${hex.slice(32)}-00`;
  const events = changes.flatMap((change) => toEvents(change, traceparent));
  await inTransaction(db, (tx) => addProducts(tx, arrivals, events));
}
