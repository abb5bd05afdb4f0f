// Who a person is at Stripe: the customer that saved payment methods belong to.
import { type Db, named } from "#kit/db.ts";

export async function customerOf(db: Db, userId: string): Promise<string | undefined> {
  const { rows } = await db.query<{ customer_id: string }>(selectCustomer([userId]));
  return rows[0]?.customer_id;
}

const selectCustomer = named(
  "payment.customer",
  "select customer_id from customers where user_id = $1",
);

/** Notes a person's customer at Stripe; the first one stays. */
export async function storeCustomer(db: Db, userId: string, customerId: string): Promise<string> {
  const { rows } = await db.query<{ customer_id: string }>(upsertCustomer([userId, customerId]));
  return rows[0]?.customer_id ?? customerId;
}

const upsertCustomer = named(
  "payment.store-customer",
  `insert into customers as known (user_id, customer_id) values ($1, $2)
       on conflict (user_id) do update set customer_id = known.customer_id
   returning customer_id`,
);
