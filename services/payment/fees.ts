// Fees that were not known yet when their charge was recorded.
import { type Db, named } from "#kit/db.ts";
import { uuidv7 } from "#kit/uuid.ts";
import { bookFee } from "./ledger.ts";
import type { Provider } from "./provider.ts";
import { arrayLiteral } from "./rows.ts";

export async function settleFees(
  { db, provider }: { readonly db: Db; readonly provider: Provider },
  before: Date,
): Promise<void> {
  const { rows } = await db.query<{ id: string; intent_id: string }>(selectWithoutFee([before]));
  for (const { id, intent_id } of rows) {
    const { state } = await provider.readIntent(intent_id);
    if (state.kind === "succeeded" && state.fee !== undefined) {
      const { reference, entries } = bookFee(state.chargeId, state.fee);
      await db.query(
        updateFee([
          id,
          state.fee,
          uuidv7(),
          reference,
          arrayLiteral(entries.map(({ account }) => account)),
          arrayLiteral(entries.map(({ amount }) => amount)),
        ]),
      );
    }
  }
}

const selectWithoutFee = named(
  "payment.without-fee",
  `select id, intent_id from payments
    where status = 'succeeded' and fee is null and created_at < $1
    order by created_at limit 100`,
);

const updateFee = named(
  "payment.record-fee",
  `with known as (
     update payments set fee = $2, version = version + 1
      where id = $1 and status = 'succeeded' and fee is null
     returning id, order_id, currency
   )
   insert into ledger_transactions
          (id, payment_id, order_id, currency, kind, reference, accounts, amounts)
   select $3, id, order_id, currency, 'fee', $4, $5::text[], $6::bigint[]
     from known
    where $2::bigint > 0`,
);
