import { type Db, inTransaction, named, type Tx } from "#kit/db.ts";
import { Fault } from "#kit/errors.ts";
import type { Page } from "#kit/newest-page.ts";
import { uuidv7 } from "#kit/uuid.ts";
import { book } from "./ledger.ts";
import { bookEnded, bookReserved, type Payout, type PayoutStatus } from "./payout.ts";

/** Takes the amount from what is owed. The database refuses more than is available. */
export async function reservePayout(
  tx: Tx,
  wish: Pick<Payout, "merchantId" | "currency" | "amount">,
): Promise<Payout> {
  const { merchantId, currency, amount } = wish;
  const { rows } = await tx.query<PayoutRow>(
    insertPayout([uuidv7(), merchantId, currency, amount]),
  );
  const payout = toPayout(rows[0] as PayoutRow);
  await book(tx, { paymentId: null, orderId: null, currency }, [bookReserved(payout)]);
  return payout;
}

/** How Stripe said that it went. */
export interface PayoutEnd {
  /** Absent: it was refused. */
  readonly transferId: string | undefined;
  readonly failureCode: string;
}

/** Records the end of a payout; one whose end is recorded stays as it is. */
export async function endPayout(db: Db, id: string, end: PayoutEnd): Promise<Payout> {
  return inTransaction(db, async (tx) => {
    const { rows } = await tx.query<PayoutRow>(
      updateEnded([id, end.transferId ? "paid" : "failed", end.transferId, end.failureCode]),
    );
    if (!rows[0]) {
      return payoutById(tx, id);
    }
    const payout = toPayout(rows[0]);
    const about = { paymentId: null, orderId: null, currency: payout.currency };
    await book(tx, about, [bookEnded(payout, payout.status === "paid")]);
    return payout;
  });
}

/** The first account that is told stays the merchant's, and this payout's. */
export async function storeDestination(
  db: Db,
  { id, merchantId }: Payout,
  destination: string,
): Promise<Payout> {
  await db.query(updateDestination([id, merchantId, destination]));
  return payoutById(db, id);
}

/** Stripe had not enough of ours: it is asked again, later. */
export async function countRefusal(db: Db, { id, attempt }: Payout): Promise<void> {
  await db.query(updateAttempt([id, attempt]));
}

export async function payoutById(db: Db | Tx, id: string): Promise<Payout> {
  return findPayout(db, id, null);
}

/** `merchantId`: whose payouts may be seen; null: everybody's. */
export async function findPayout(
  db: Db | Tx,
  id: string,
  merchantId: string | null,
): Promise<Payout> {
  const { rows } = await db.query<PayoutRow>(selectPayout([id, merchantId]));
  if (!rows[0]) {
    throw new Fault("PAYOUT_NOT_FOUND", `there is no payout ${id}`);
  }
  return toPayout(rows[0]);
}

interface Wanted {
  /** "": of all that may be seen. */
  readonly merchantId: string;
  readonly viewer: string | null;
}

/** Newest first. */
export async function listPayouts(
  db: Db,
  { merchantId, viewer }: Wanted,
  { after, limit }: Page,
): Promise<Payout[]> {
  const { rows } = await db.query<PayoutRow>(
    selectPayouts([merchantId || null, viewer, after?.createTime, after?.id, limit]),
  );
  return rows.map(toPayout);
}

/** Payouts whose end nobody has recorded, oldest first. */
export async function pendingPayouts(db: Db, before: Date): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(selectPending([before]));
  return rows.map(({ id }) => id);
}

interface PayoutRow {
  readonly id: string;
  readonly merchant_id: string;
  readonly currency: string;
  readonly amount: bigint;
  readonly status: PayoutStatus;
  readonly destination: string;
  readonly attempt: number;
  readonly transfer_id: string | null;
  readonly failure_code: string;
  readonly version: bigint;
  readonly created_at: Date;
  readonly updated_at: Date;
}

function toPayout(row: PayoutRow): Payout {
  return {
    id: row.id,
    merchantId: row.merchant_id,
    currency: row.currency,
    amount: row.amount,
    status: row.status,
    destination: row.destination,
    attempt: row.attempt,
    transferId: row.transfer_id ?? undefined,
    failureCode: row.failure_code,
    version: row.version,
    createTime: row.created_at,
    updateTime: row.updated_at,
  };
}

const columns = `id, merchant_id, currency, amount, status, destination, attempt, transfer_id,
  failure_code, version, created_at, updated_at`;

const insertPayout = named(
  "payment.reserve-payout",
  `insert into payouts (id, merchant_id, currency, amount, status, destination)
   select $1, merchant_id, $3, $4, 'pending', coalesce(destination, '')
     from merchant_accounts where merchant_id = $2
   returning ${columns}`,
);

const updateEnded = named(
  "payment.end-payout",
  `update payouts
      set status = $2, transfer_id = $3, failure_code = $4, version = version + 1,
          updated_at = date_trunc('milliseconds', now())
    where id = $1 and status = 'pending'
   returning ${columns}`,
);

const updateDestination = named(
  "payment.payout-destination",
  `with known as (
     update merchant_accounts set destination = coalesce(destination, $3)
      where merchant_id = $2
     returning destination
   )
   update payouts set destination = known.destination, version = version + 1
     from known
    where payouts.id = $1 and payouts.destination = ''`,
);

const updateAttempt = named(
  "payment.payout-attempt",
  `update payouts set attempt = attempt + 1, version = version + 1
    where id = $1 and attempt = $2 and status = 'pending'`,
);

const selectPayout = named(
  "payment.payout",
  `select ${columns} from payouts where id = $1 and ($2::text is null or merchant_id = $2)`,
);

const selectPayouts = named(
  "payment.payouts",
  `select ${columns} from payouts
    where ($1::text is null or merchant_id = $1) and ($2::text is null or merchant_id = $2)
      and ($3::timestamptz is null or (created_at, id) < ($3, $4::text))
    order by created_at desc, id desc
    limit $5`,
);

const selectPending = named(
  "payment.pending-payouts",
  "select id from payouts where status = 'pending' and created_at < $1 order by created_at limit 200",
);
