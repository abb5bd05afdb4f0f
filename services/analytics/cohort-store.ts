/** The SQL of who buys again. */
import { named, type Tx } from "#kit/db.ts";
import type { ReadDb } from "#kit/lists.ts";
import { type Buyer, type Cohort, gained, withMore } from "./cohorts.ts";
import type { Range } from "./grains.ts";

/** What a cohort did in a month, or (currency "") how many of it did anything. */
export type CohortRow = Pick<Cohort, "firstMonth" | "month" | "currency" | "spent"> & {
  readonly buyers: bigint;
};

/** Keeps what buyers have spent; answers what cohorts gain by it. */
export async function keepBuyers(
  tx: Tx,
  more: readonly Buyer[],
  isAlone: boolean,
): Promise<Cohort[]> {
  if (more.length === 0) {
    return [];
  }
  const keys = withMore([], more);
  const whom = [keys.map(({ merchantId }) => merchantId), keys.map(({ userId }) => userId)];
  if (!isAlone) {
    await tx.query(lock(whom));
  }
  const { rows } = await tx.query<BuyerRow>(read(whom));
  const before = rows.map(toBuyer);
  const after = withMore(before, more);
  await tx.query(
    save([
      after.map(({ merchantId }) => merchantId),
      after.map(({ userId }) => userId),
      after.map(({ spent }) => JSON.stringify(spent, withText)),
    ]),
  );
  return gained(before, after);
}

export async function addToCohorts(tx: Tx, cohorts: readonly Cohort[]): Promise<void> {
  if (cohorts.length > 0) {
    await tx.query(
      add([
        cohorts.map(({ merchantId }) => merchantId),
        cohorts.map(({ firstMonth }) => firstMonth),
        cohorts.map(({ month }) => month),
        cohorts.map(({ currency }) => currency),
        cohorts.map(({ buyers }) => buyers),
        cohorts.map(({ spent }) => spent),
      ]),
    );
  }
}

/** By first month, then month; of each the row without a currency comes first. */
export async function listCohorts(
  db: ReadDb,
  merchantId: string,
  { from, to }: Range,
): Promise<CohortRow[]> {
  const { rows } = await db.query<CohortRow>(list([merchantId, from, to]));
  return rows;
}

interface BuyerRow {
  readonly merchantId: string;
  readonly userId: string;
  readonly spent: readonly {
    readonly month: string;
    readonly currency: string;
    readonly amount: string;
  }[];
}

function toBuyer({ spent, ...row }: BuyerRow): Buyer {
  return {
    ...row,
    spent: spent.map(({ month, currency, amount }) => ({
      month: new Date(month),
      currency,
      amount: BigInt(amount),
    })),
  };
}

/** JSON's numbers are not exact for every amount. */
function withText(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}

/** One that was there is locked and not written: that is what `where false` does. */
const lock = named(
  "analytics.buyers.lock",
  `insert into buyers (merchant_id, user_id)
   select * from unnest($1::text[], $2::text[]) as b(merchant_id, user_id)
    order by merchant_id, user_id
   on conflict (merchant_id, user_id) do update
      set user_id = excluded.user_id where false`,
);

const read = named(
  "analytics.buyers.read",
  `select merchant_id as "merchantId", user_id as "userId", spent
     from unnest($1::text[], $2::text[]) as b(merchant_id, user_id)
     join buyers using (merchant_id, user_id)`,
);

const save = named(
  "analytics.buyers.save",
  `insert into buyers (merchant_id, user_id, spent)
   select * from unnest($1::text[], $2::text[], $3::jsonb[])
   on conflict (merchant_id, user_id) do update
      set spent = excluded.spent`,
);

const add = named(
  "analytics.cohorts.add",
  `insert into cohorts as c (merchant_id, first_month, month, currency, buyers, spent)
   select * from unnest($1::text[], $2::timestamptz[], $3::timestamptz[], $4::text[], $5::bigint[],
                        $6::bigint[])
       as d(merchant_id, first_month, month, currency, buyers, spent)
    order by merchant_id, first_month, month, currency
   on conflict (merchant_id, first_month, month, currency) do update
      set buyers = c.buyers + excluded.buyers, spent = c.spent + excluded.spent`,
);

const list = named(
  "analytics.cohorts.list",
  `select first_month as "firstMonth", month, currency, buyers, spent
     from cohorts
    where merchant_id = $1 and first_month >= $2 and first_month < $3 and month < $3
      and buyers > 0
    order by first_month, month, currency`,
);
