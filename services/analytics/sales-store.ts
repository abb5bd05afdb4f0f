/** The SQL of what products sold. */
import { named, type Tx } from "#kit/db.ts";
import type { ReadDb } from "#kit/lists.ts";
import { pieceColumns, type Range } from "./grains.ts";
import type { Sales } from "./sales.ts";

/** What one product sold in one currency, in all of a range. */
export interface Sold {
  readonly productId: string;
  readonly name: string;
  readonly currency: string;
  readonly units: bigint;
  readonly orders: bigint;
  readonly revenue: bigint;
}

export async function addToSales(tx: Tx, sales: readonly Sales[]): Promise<void> {
  if (sales.length > 0) {
    await tx.query(
      add([
        sales.map(({ merchantId }) => merchantId),
        sales.map(({ grain }) => grain),
        sales.map(({ startTime }) => startTime),
        sales.map(({ currency }) => currency),
        sales.map(({ productId }) => productId),
        sales.map(({ name }) => name),
        sales.map(({ nameTime }) => nameTime),
        sales.map(({ units }) => units),
        sales.map(({ orders }) => orders),
        sales.map(({ revenue }) => revenue),
      ]),
    );
  }
}

/** Those of which the most pieces were sold; of all merchants for "". */
export async function topProducts(
  db: ReadDb,
  merchantId: string,
  range: Range,
  { currency, limit }: { readonly currency: string | undefined; readonly limit: number },
): Promise<Sold[]> {
  const top = merchantId === "" ? ofAll : ofOne;
  const { rows } = await db.query<Sold>(top([merchantId, ...pieceColumns(range), currency, limit]));
  return rows;
}

const add = named(
  "analytics.sales.add",
  `insert into product_sales as s (merchant_id, grain, start_time, currency, product_id, name,
                                   name_time, units, orders, revenue)
   select * from unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[], $5::text[],
                        $6::text[], $7::timestamptz[], $8::bigint[], $9::bigint[], $10::bigint[])
       as d(merchant_id, grain, start_time, currency, product_id, name, name_time, units, orders,
            revenue)
    order by merchant_id, grain, start_time, currency, product_id
   on conflict (merchant_id, grain, start_time, currency, product_id) do update
      set name = case when (excluded.name_time, excluded.name) > (s.name_time, s.name)
                      then excluded.name else s.name end,
          name_time = greatest(s.name_time, excluded.name_time),
          units = s.units + excluded.units, orders = s.orders + excluded.orders,
          revenue = s.revenue + excluded.revenue`,
);

const ofAll = named("analytics.sales.top-of-all", topOf("$1 = ''"));
const ofOne = named("analytics.sales.top-of-one", topOf("merchant_id = $1"));

/** A condition of its own for either, so that each is read by its own index. */
function topOf(whose: string): string {
  return `
   select product_id as "productId",
          (array_agg(name order by name_time desc, name desc))[1] as name,
          currency, sum(units)::bigint as units, sum(orders)::bigint as orders,
          sum(revenue)::bigint as revenue
     from unnest($2::text[], $3::timestamptz[], $4::timestamptz[]) as p(grain, since, until)
     join product_sales s on s.grain = p.grain and s.start_time >= p.since
                         and s.start_time < p.until
    where ${whose} and ($5::text is null or currency = $5)
    group by product_id, currency
    order by sum(units) desc, sum(revenue) desc, product_id, currency
    limit $6`;
}
