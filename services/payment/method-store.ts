// Saved payment methods: what may be shown of them, and whose they are.
import { type Db, inTransaction, named, type Tx } from "#kit/db.ts";
import type { Page } from "#kit/newest-page.ts";
import type { Card } from "./method-provider.ts";

export interface Method extends Card {
  readonly userId: string;
  readonly isDefault: boolean;
  readonly isDeleted: boolean;
  readonly version: bigint;
  readonly createTime: Date;
}

/**
 * Saves a method for the customer's person; the first one becomes the default. One that is there,
 * or was and is forgotten, stays as it is. False for a customer that is not ours.
 */
export async function saveMethod(
  db: Db | Tx,
  customerId: string,
  card: Card,
  heard?: { readonly eventId: string; readonly type: string },
): Promise<boolean> {
  const { id, brand, last4, expMonth, expYear } = card;
  const { rowCount } = await db.query(
    insertMethod([
      customerId,
      id,
      brand,
      last4,
      expMonth,
      expYear,
      heard?.eventId ?? null,
      heard?.type ?? null,
    ]),
  );
  return rowCount === 1;
}

const insertMethod = named(
  "payment.save-method",
  `with owner as (
     select user_id from customers where customer_id = $1 for no key update
   ), saved as (
     insert into payment_methods (id, user_id, brand, last4, exp_month, exp_year)
     select $2, user_id, $3, $4, $5, $6 from owner
         on conflict (id) do nothing
     returning id, user_id
   ), heard as (
     insert into webhook_inbox (event_id, type) select $7::text, $8::text from owner where $7::text is not null
         on conflict do nothing
   ), first as (
     update customers set default_method = saved.id
       from saved
      where customers.user_id = saved.user_id and default_method is null
   )
   select user_id from owner`,
);

/** Forgotten ones included: their ids may not come back. */
export async function findMethod(db: Db | Tx, id: string): Promise<Method | undefined> {
  const { rows } = await db.query<MethodRow>(selectMethod([id]));
  return rows[0] && toMethod(rows[0]);
}

export async function listMethods(
  db: Db,
  userId: string,
  { after, limit }: Page,
): Promise<Method[]> {
  const { rows } = await db.query<MethodRow>(
    selectMethods([userId, after?.createTime ?? null, after?.id ?? null, limit]),
  );
  return rows.map(toMethod);
}

/** Forgets a method. False if it is not the person's, or not as the etag says. */
export async function deleteMethod(
  db: Db,
  userId: string,
  id: string,
  etag: string | undefined,
): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    await tx.query(lockCustomer([userId]));
    const { rowCount } = await tx.query(updateDeleted([id, userId, etag ?? "*"]));
    return rowCount === 1;
  });
}

/** First, and in a statement of its own: the next one sees which method is the default. */
const lockCustomer = named(
  "payment.lock-customer",
  "select user_id from customers where user_id = $1 for no key update",
);

const updateDeleted = named(
  "payment.delete-method",
  `with gone as (
     update payment_methods set deleted_at = now(), version = version + 1
      where id = $1 and user_id = $2 and deleted_at is null and ($3 = '*' or version::text = $3)
     returning id, user_id
   ), kept as (
     update customers set default_method = null
       from gone
      where customers.user_id = gone.user_id and default_method = gone.id
   )
   select id from gone`,
);

/** False if it is not the person's. */
export async function setDefault(db: Db, userId: string, id: string): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    await tx.query(lockCustomer([userId]));
    const { rowCount } = await tx.query(updateDefault([userId, id]));
    return rowCount === 1;
  });
}

const updateDefault = named(
  "payment.set-default-method",
  `update customers set default_method = saved.id
     from payment_methods saved
    where customers.user_id = $1 and saved.user_id = $1 and saved.id = $2
      and saved.deleted_at is null`,
);

export async function defaultMethodOf(db: Db, userId: string): Promise<string | undefined> {
  const { rows } = await db.query<{ default_method: string | null }>(selectDefault([userId]));
  return rows[0]?.default_method ?? undefined;
}

const selectDefault = named(
  "payment.default-method",
  "select default_method from customers where user_id = $1",
);

interface MethodRow {
  readonly id: string;
  readonly user_id: string;
  readonly brand: string;
  readonly last4: string;
  readonly exp_month: number;
  readonly exp_year: number;
  readonly is_default: boolean;
  readonly is_deleted: boolean;
  readonly version: bigint;
  readonly created_at: Date;
}

const columns = `m.id, m.user_id, m.brand, m.last4, m.exp_month, m.exp_year,
  coalesce(c.default_method = m.id, false) as is_default, m.deleted_at is not null as is_deleted,
  m.version, m.created_at`;

const selectMethod = named(
  "payment.method",
  `select ${columns} from payment_methods m join customers c using (user_id) where m.id = $1`,
);

const selectMethods = named(
  "payment.methods",
  `select ${columns} from payment_methods m join customers c using (user_id)
    where m.user_id = $1 and m.deleted_at is null
      and ($2::timestamptz is null or (m.created_at, m.id) < ($2, $3::text))
    order by m.created_at desc, m.id desc
    limit $4`,
);

function toMethod(row: MethodRow): Method {
  return {
    id: row.id,
    userId: row.user_id,
    brand: row.brand,
    last4: row.last4,
    expMonth: row.exp_month,
    expYear: row.exp_year,
    isDefault: row.is_default,
    isDeleted: row.is_deleted,
    version: row.version,
    createTime: row.created_at,
  };
}
