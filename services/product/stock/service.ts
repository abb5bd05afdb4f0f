import type { ProductServiceImplementation } from "#gen/tradepost/product/v1/product.ts";
import { AdjustStockResponse, type ReservedLine } from "#gen/tradepost/product/v1/product.ts";
import { batched } from "#kit/batch.ts";
import type { CallExtras } from "#kit/call.ts";
import type { Db } from "#kit/db.ts";
import { invalidField } from "#kit/errors.ts";
import { once } from "#kit/idempotency.ts";
import { pageOf, pageSizeOf, readPageToken, uuidPart } from "#kit/page-token.ts";
import { uuidv7 } from "#kit/uuid.ts";
import { asOwner } from "../asking.ts";
import { toMessage } from "../messages.ts";
import { checkOwner } from "../product.ts";
import { getProducts } from "../store.ts";
import { adjust, listMovements, type Movement } from "./movements-store.ts";
import { reserveAll } from "./reserve.ts";
import { takeReturn } from "./return-store.ts";
import { settle, takeBack } from "./settle-store.ts";
import { checkLines, closed, type HeldLine, notFound, outOfStock, type Wish } from "./stock.ts";

type StockRpcs = Pick<
  ProductServiceImplementation<CallExtras>,
  | "adjustStock"
  | "listStockMovements"
  | "reserveStock"
  | "commitStock"
  | "releaseStock"
  | "returnStock"
>;

/** The rpcs about stock. What all callers wait for goes into one statement. */
export function stockRpcs({ db }: { readonly db: Db }): StockRpcs {
  const reserve = batched<Wish, readonly HeldLine[]>((wishes) => reserveAll(db, wishes));
  const commit = batched(flushing((orderIds) => settle(db, orderIds)));
  const release = batched(flushing((orderIds) => takeBack(db, orderIds)));

  return {
    adjustStock({ id, delta, reason }, { call }) {
      return once(db, call, AdjustStockResponse, async (tx) => {
        if (delta === 0) {
          throw invalidField("delta", "must not be 0", "int32.not_zero");
        }
        const [product] = await getProducts(tx, [id]);
        if (!product) {
          throw notFound(id);
        }
        const { userId } = call.caller;
        checkOwner(product, asOwner(call));
        const movement = { id: uuidv7(), productId: id, delta, reason, actor: userId };
        const isDone = await adjust(tx, movement);
        const [now = product] = await getProducts(tx, [id]);
        if (!isDone) {
          throw outOfStock(id, `${-delta} to be taken away, ${now.available} left`);
        }
        return { product: toMessage(now) };
      });
    },

    async listStockMovements({ id, pageSize, pageToken }, { call }) {
      const size = pageSizeOf(pageSize);
      const boundTo = ["movements", id];
      const [before] = readPageToken(pageToken, boundTo, [uuidPart]) ?? [];
      const [product] = await getProducts(db, [id]);
      const { userId, isAdmin } = asOwner(call);
      // Another's ledger is not even there.
      if (!product || !(isAdmin || product.merchantId === userId)) {
        throw notFound(id);
      }
      const movements = await listMovements(db, id, before, size + 1);
      const { rows, nextPageToken } = pageOf(movements, size, boundTo, (movement) => [movement.id]);
      return { stockMovements: rows.map(toMovement), nextPageToken };
    },

    async reserveStock({ orderId, lines }) {
      checkLines(lines);
      const held = await reserve({ orderId, lines });
      return { lines: held.map(toReservedLine) };
    },

    async commitStock({ orderIds }) {
      await commit(orderIds);
      return {};
    },

    async releaseStock({ orderId }) {
      await release([orderId]);
      return {};
    },

    async returnStock({ returnId: id, orderId, lines }) {
      checkLines(lines);
      const returned = await takeReturn(db, { id, orderId, lines });
      if (returned === "closed") {
        throw closed(orderId);
      }
      if (returned === "excess") {
        throw invalidField("lines", "are more than was sold and not yet returned", "lines.sold");
      }
      return {};
    },
  };
}

/** All that wait at once, each order once. */
function flushing(work: (orderIds: readonly string[]) => Promise<void>) {
  return async (lists: readonly (readonly string[])[]): Promise<undefined[]> => {
    await work([...new Set(lists.flat())]);
    return lists.map(() => undefined);
  };
}

function toReservedLine(line: HeldLine): ReservedLine {
  const { productId, merchantId, name, quantity, currency, amount } = line;
  const unitPrice = { currencyCode: currency, amount: BigInt(amount) };
  return { productId, merchantId, name, quantity, unitPrice };
}

function toMovement({ id, productId, delta, reason, orderId = "", actor, createdAt }: Movement) {
  return { id, productId, delta, reason, orderId, actor, createTime: createdAt };
}
