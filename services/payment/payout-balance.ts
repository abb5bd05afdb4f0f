import { named, type Tx } from "#kit/db.ts";
import type { Balance } from "./payout.ts";

/** Makes the payouts of one merchant wait for each other until the transaction ends. */
export async function lockMerchant(tx: Tx, merchantId: string): Promise<Balance[]> {
  await tx.query(lock([merchantId]));
  const { rows } = await tx.query<{ currency: string; available: bigint }>(
    selectAvailable([merchantId]),
  );
  return rows;
}

const lock = named("payment.lock-merchant", "select lock_merchant($1)");

const selectAvailable = named(
  "payment.available",
  "select currency, available::bigint from available_to($1) order by currency",
);
