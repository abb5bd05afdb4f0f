// Lists of products: filters, orders and pages.
import { named } from "#kit/db.ts";
import type { ReadDb } from "#kit/lists.ts";
import { type ReadPart, timePart, wholePart } from "#kit/page-token.ts";
import type { Ref } from "./catalogue-cache.ts";

export type Sort = "newest" | "price" | "-price" | "rating" | "popular";

export interface Filter {
  /** Words that all must be found; "" for any product. */
  readonly query: string;
  readonly category: string;
  readonly minPrice: bigint | undefined;
  readonly maxPrice: bigint | undefined;
  readonly inStock: boolean;
}

/** A product and its place: by sort key, then by id. */
export interface Found extends Ref {
  readonly sortKey: string;
}

/** Behind which product a list goes on; `key` is its sort key. */
interface Cursor {
  readonly key: string;
  readonly id: string;
}

interface Order {
  readonly from: string;
  readonly key: string;
  readonly type: string;
  readonly id: string;
  readonly direction: "asc" | "desc";
  /** Before every product. */
  readonly start: string;
}

const newest: Order = {
  from: "products p",
  key: "p.created_at",
  type: "timestamptz",
  id: "p.id",
  direction: "desc",
  start: "infinity",
};

const cheapest: Order = {
  ...newest,
  key: "p.price_amount",
  type: "bigint",
  direction: "asc",
  start: "-1",
};

const maxBigint = "9223372036854775807";

const ORDERS: Readonly<Record<Sort, Order>> = {
  newest,
  price: cheapest,
  "-price": { ...cheapest, direction: "desc", start: maxBigint },
  // Without reviews all are rated the same, and among equals the newest comes first.
  rating: newest,
  popular: {
    from: "popularity o join products p on p.id = o.product_id",
    key: "o.sold",
    type: "bigint",
    id: "o.product_id",
    direction: "desc",
    start: maxBigint,
  },
};

/** What is on sale and matches, from after the cursor on. */
export async function listProducts(
  db: ReadDb,
  filter: Filter,
  { sort, after, limit }: { sort: Sort; after: Cursor | undefined; limit: number },
): Promise<Found[]> {
  const { query, category, minPrice, maxPrice, inStock } = filter;
  const conditions: Condition[] = [];
  const values: unknown[] = [after?.key ?? ORDERS[sort].start, after?.id ?? "", limit];
  if (query) {
    conditions.push("query");
    values.push(query);
  }
  if (category) {
    conditions.push("category");
    values.push(category);
  }
  if (minPrice !== undefined || maxPrice !== undefined) {
    conditions.push("price");
    values.push(minPrice ?? 0n, maxPrice ?? maxBigint);
  }
  if (inStock) {
    conditions.push("stock");
  }
  const { rows } = await db.query<FoundRow>(statement(sort, conditions)(values));
  return rows.map((row) => ({
    id: row.id,
    version: row.version,
    available: row.available,
    stockVersion: row.stock_version,
    sortKey: row.sort_key,
  }));
}

interface FoundRow {
  readonly id: string;
  readonly version: bigint;
  readonly available: bigint;
  readonly stock_version: bigint;
  readonly sort_key: string;
}

/** Reads the sort key in a page token, whose text may be anybody's. */
export function sortKeyPart(sort: Sort): ReadPart<string> {
  return ORDERS[sort].type === "bigint" ? wholePart : instantPart;
}

/** A time as the database writes it. */
function instantPart(text: string): string | undefined {
  const day = text.slice(0, 10);
  const isTime =
    /^(?!0000)[-\d]{10} \d\d:\d\d:\d\d(\.\d{1,6})?[+-](0\d|1[0-5])(:[0-5]\d)?$/.test(text) &&
    Number.isFinite(Date.parse(text)) &&
    timePart(`${day}T00:00:00.000Z`) !== undefined;
  return isTime ? text : undefined;
}

type Condition = "query" | "category" | "price" | "stock";

/** Each `$` is the next parameter. */
const CONDITIONS: Readonly<Record<Condition, string>> = {
  query: "p.search @@ plainto_tsquery('english', $)",
  category: "p.categories @> array[$::text]",
  price: "p.price_amount between $ and $",
  stock: "s.available > 0",
};

const statements = new Map<string, ReturnType<typeof named>>();

/**
 * One statement for each set of conditions, at most 64, made of the constants above: a single one
 * with optional conditions would be planned once for all of them, and search without its index.
 */
function statement(sort: Sort, conditions: readonly Condition[]): ReturnType<typeof named> {
  const name = `product.list.${[sort, ...conditions].join(".")}`;
  const known = statements.get(name);
  if (known) {
    return known;
  }
  const { from, key, type, id, direction } = ORDERS[sort];
  let parameters = 3;
  const more = conditions.map((condition) =>
    CONDITIONS[condition].replaceAll("$", () => `$${++parameters}`),
  );
  const text = [
    `select p.id, p.version, s.available, s.version as stock_version, ${key}::text as sort_key`,
    `from ${from} join stock s on s.product_id = ${id}`,
    "where p.status = 'active'",
    `and (${key}, ${id}) ${direction === "desc" ? "<" : ">"} ($1::${type}, $2)`,
    ...more.map((condition) => `and ${condition}`),
    `order by ${key} ${direction}, ${id} ${direction} limit $3`,
  ].join("\n");
  const made = named(name, text);
  statements.set(name, made);
  return made;
}
