import {
  CreateProductResponse,
  type ProductServiceImplementation,
} from "#gen/tradepost/product/v1/product.ts";
import type { CallExtras } from "#kit/call.ts";
import { type Db, inTransaction, type Tx } from "#kit/db.ts";
import { expectedEtag, isStale } from "#kit/etags.ts";
import { once } from "#kit/idempotency.ts";
import { type Lists, primaryLists } from "#kit/lists.ts";
import { pageOf, pageSizeOf, readPageToken, textPart } from "#kit/page-token.ts";
import { uuidv7 } from "#kit/uuid.ts";
import { asOwner } from "./asking.ts";
import { catalogueCache } from "./catalogue-cache.ts";
import { countCategories } from "./counts.ts";
import { toEvents } from "./events.ts";
import { listProducts, type Sort, sortKeyPart } from "./listing.ts";
import { etagOf, toDraft, toMessage, toPrice } from "./messages.ts";
import { archive, type Change, checkOwner, create, skuTaken, stale, update } from "./product.ts";
import type { Listed } from "./rows.ts";
import { stockRpcs } from "./stock/service.ts";
import { notFound } from "./stock/stock.ts";
import { addProducts, getProducts, lockProduct, saveProduct } from "./store.ts";

export interface Deps {
  readonly db: Db;
  /** Where lists are read; absent: where all is. */
  readonly lists?: Lists;
  /** Tells the relay that events are waiting. */
  readonly wakeRelay: () => void;
}

/** The rpcs of ProductService, in the order of the .proto. */
export function productService({
  db,
  lists = primaryLists(db),
  wakeRelay,
}: Deps): ProductServiceImplementation<CallExtras> {
  const catalogue = catalogueCache(db);

  return {
    async listProducts({ sort: given = "newest", pageSize, pageToken, ...asked }, { call }) {
      const { category, minPrice, maxPrice, inStock } = asked;
      const filter = { query: asked.query.trim(), category, minPrice, maxPrice, inStock };
      const sort = given as Sort;
      const size = pageSizeOf(pageSize);
      const boundTo = ["products", sort, filter];
      const key = readPageToken(pageToken, boundTo, [sortKeyPart(sort), textPart]);
      const after = key && { key: key[0], id: key[1] };
      const page = { sort, after, limit: size + 1 };
      const found = await listProducts(lists.readBy(call.caller), filter, page);
      const { rows, nextPageToken } = pageOf(found, size, boundTo, ({ sortKey, id }) => [
        sortKey,
        id,
      ]);
      const products = await catalogue.read(rows);
      return { products: products.map(toMessage), nextPageToken };
    },

    async getProduct({ id }) {
      const [product] = await getProducts(db, [id]);
      return { product: toMessage(existing(product, id)) };
    },

    async batchGetProducts({ ids }) {
      const products = await getProducts(db, ids);
      const byId = new Map(products.map((product) => [product.id, toMessage(product)]));
      return { products: [...new Set(ids)].flatMap((id) => byId.get(id) ?? []) };
    },

    async createProduct({ stock, price, ...written }, { call }) {
      const response = await once(db, call, CreateProductResponse, async (tx) => {
        const { sku, name, description, categories, attributes } = written;
        const change = create(
          { sku, name, description, categories, attributes, price: toPrice(price, "price") },
          { id: uuidv7(), merchantId: call.caller.userId, now: new Date() },
        );
        const { product } = change;
        const arrival = { product, stock, movementId: uuidv7() };
        const [added] = await addProducts(tx, [arrival], toEvents(change, call.traceparent));
        if (!added) {
          throw skuTaken(sku);
        }
        const listed = { ...product, available: BigInt(stock), stockVersion: 1n };
        return { product: toMessage(listed) };
      });
      wakeRelay();
      return response;
    },

    async updateProduct({ id, product: changes, updateMask, etag }, { call }) {
      const draft = changes ? toDraft(changes, updateMask) : {};
      const product = await changeProduct({ id, etag, traceparent: call.traceparent }, (known) => {
        checkOwner(known, asOwner(call));
        return update(known, draft, new Date());
      });
      return { product: toMessage(product) };
    },

    async deleteProduct({ id, etag }, { call }) {
      await changeProduct({ id, etag, traceparent: call.traceparent }, (known) => {
        checkOwner(known, asOwner(call));
        return archive(known, new Date());
      });
      return {};
    },

    async listCategories(_, { call }) {
      const categories = await countCategories(lists.readBy(call.caller));
      return {
        categories: categories.map(({ name, products }) => ({
          name,
          productCount: Number(products),
        })),
      };
    },

    ...stockRpcs({ db }),
  };

  /** Locks the product, lets `decide` change it, and saves it together with what others hear. */
  async function changeProduct(
    { id, etag, traceparent }: { id: string; etag: string | undefined; traceparent: string },
    decide: (product: Listed) => Change,
  ): Promise<Listed> {
    const changed = await inTransaction(db, async (tx: Tx) => {
      const known = existing(await lockProduct(tx, id), id);
      const change = decide(known);
      if (change.facts.length === 0) {
        // Nothing is left to be stale for once it is archived.
        return { ...known, isStale: known.status === "active" && isStale(etag, etagOf(known)) };
      }
      const { product } = change;
      const events = toEvents(change, traceparent);
      const isSaved = await saveProduct(tx, product, expectedEtag(etag), events);
      return { ...known, ...product, isStale: !isSaved };
    });
    if (changed.isStale) {
      throw stale(id);
    }
    wakeRelay();
    return changed;
  }
}

function existing(product: Listed | undefined, id: string): Listed {
  if (!product) {
    throw notFound(id);
  }
  return product;
}
