// A method that its person has forgotten is taken from the customer at Stripe too, sooner or later.
import { type Db, named } from "#kit/db.ts";
import type { Provider } from "./provider.ts";

export interface ForgettingDeps {
  readonly db: Db;
  readonly provider: Provider;
}

export async function detachForgotten({ db, provider }: ForgettingDeps): Promise<void> {
  const { rows } = await db.query<{ id: string }>(selectToDetach([]));
  for (const { id } of rows) {
    await detach({ db, provider }, id);
  }
}

export async function detach({ db, provider }: ForgettingDeps, id: string): Promise<void> {
  await provider.detachMethod(id);
  await db.query(updateDetached([id]));
}

const selectToDetach = named(
  "payment.methods-to-detach",
  `select id from payment_methods where deleted_at is not null and not detached
    order by deleted_at limit 100`,
);

const updateDetached = named(
  "payment.method-detached",
  "update payment_methods set detached = true where id = $1 and deleted_at is not null",
);
