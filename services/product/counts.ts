import { type Db, named } from "#kit/db.ts";
import type { ReadDb } from "#kit/lists.ts";

export interface CategoryCount {
  readonly name: string;
  readonly products: bigint;
}

export async function countCategories(db: ReadDb): Promise<CategoryCount[]> {
  const { rows } = await db.query<CategoryCount>(categories([]));
  return rows;
}

const categories = named(
  "product.categories",
  `select c.name, count(*) as products
     from products p, unnest(p.categories) as c (name)
    where p.status = 'active'
    group by c.name
    order by c.name`,
);

/** Takes over what has been sold since it was last counted; `popular` sorts by that. */
export async function countPopularity(db: Db): Promise<void> {
  await db.query(popularity([]));
}

// In the order of ids, so that two replicas that count at once wait and do not deadlock.
const popularity = named(
  "product.popularity",
  `insert into popularity as o (product_id, sold)
   select product_id, sold from stock order by product_id
       on conflict (product_id) do update set sold = excluded.sold
    where o.sold <> excluded.sold`,
);
