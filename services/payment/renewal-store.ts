import { type Db, inTransaction, named } from "#kit/db.ts";
import type { Payment } from "./payment.ts";
import { paymentById } from "./reading.ts";
import { lockPayment } from "./refund-store.ts";

/** A second authorisation for a payment, and the one that it is to replace. */
export interface Renewal {
  readonly paymentId: string;
  readonly generation: number;
  readonly replaces: string;
  readonly intentId: string | undefined;
  /** Taken: the payment's intent is the new one now. */
  readonly status: "open" | "taken" | "failed";
  /** As it was when the renewal was read. */
  readonly payment: Payment;
}

/** Whether the payment still waits for this renewal. */
export function isWanted({ replaces }: Renewal, payment: Payment): boolean {
  return payment.status === "authorized" && !payment.closed && payment.intentId === replaces;
}

/** Begins a renewal, once, for each authorisation that ends before `before` and can be renewed. */
export async function openRenewals(db: Db, before: Date): Promise<void> {
  await db.query(insertRenewals([before]));
}

const insertRenewals = named(
  "payment.open-renewals",
  `insert into renewals (payment_id, generation, replaces, status)
   select due.id,
          2 + (select count(*) from renewals earlier where earlier.payment_id = due.id),
          due.intent_id, 'open'
     from payments due
    where due.status = 'authorized' and due.capture_before between now() and $1
      and not due.closed and not due.capturing and due.customer_id > ''
      and not exists (
        select from renewals tried
         where tried.payment_id = due.id and tried.replaces = due.intent_id)
    order by due.capture_before
    limit 100
       on conflict do nothing`,
);

export async function renewalsUnderWay(db: Db): Promise<Renewal[]> {
  const { rows } = await db.query<RenewalRow>(selectUnderWay([]));
  return Promise.all(
    rows.map(async (row) => ({
      paymentId: row.payment_id,
      generation: row.generation,
      replaces: row.replaces,
      intentId: row.intent_id ?? undefined,
      status: row.status,
      payment: await paymentById(db, row.payment_id),
    })),
  );
}

interface RenewalRow {
  readonly payment_id: string;
  readonly generation: number;
  readonly replaces: string;
  readonly intent_id: string | null;
  readonly status: Renewal["status"];
}

const selectUnderWay = named(
  "payment.renewals-under-way",
  `select payment_id, generation, replaces, intent_id, status from renewals
    where not voided order by created_at limit 100`,
);

/** Notes which intent is the renewal's; another process may have noted another one before. */
export async function storeRenewalIntent(
  db: Db,
  renewal: Renewal,
  intentId: string,
): Promise<Renewal> {
  const { rows } = await db.query<RenewalRow>(
    updateIntent([renewal.paymentId, renewal.generation, intentId]),
  );
  return asNow(renewal, rows[0]);
}

const updateIntent = named(
  "payment.store-renewal-intent",
  `update renewals
      set intent_id = case when status = 'open' then coalesce(intent_id, $3) else intent_id end
    where payment_id = $1 and generation = $2
   returning payment_id, generation, replaces, intent_id, status`,
);

/**
 * Makes the new intent the payment's, unless the payment was captured, is being captured or was
 * undone meanwhile. Whichever way it goes, the other intent is to be voided.
 */
export async function takeRenewal(
  db: Db,
  renewal: Renewal,
  captureBefore: Date | undefined,
): Promise<Renewal> {
  const { paymentId, generation, replaces, intentId } = renewal;
  return inTransaction(db, async (tx) => {
    // Whoever moves a renewal holds its payment.
    await lockPayment(tx, paymentId);
    const { rows } = await tx.query<RenewalRow>(
      updateTaken([paymentId, generation, replaces, intentId, captureBefore ?? null]),
    );
    if (rows[0]) {
      return asNow(renewal, rows[0]);
    }
    const failed = await tx.query<RenewalRow>(updateFailed([paymentId, generation, ""]));
    return asNow(renewal, failed.rows[0]);
  });
}

const updateTaken = named(
  "payment.take-renewal",
  `with moved as (
     update payments
        set intent_id = $4, capture_before = coalesce($5, now() + interval '7 days'),
            version = version + 1, updated_at = date_trunc('milliseconds', now())
      where id = $1 and intent_id = $3 and status = 'authorized' and not closed and not capturing
        and exists (select from renewals
                     where payment_id = $1 and generation = $2 and status = 'open')
     returning id
   )
   update renewals set status = 'taken'
     from moved
    where payment_id = moved.id and generation = $2
   returning payment_id, generation, replaces, intent_id, status`,
);

/** The payment keeps its authorisation for as long as that lasts. */
export async function failRenewal(db: Db, renewal: Renewal, declineCode: string): Promise<Renewal> {
  const { paymentId, generation } = renewal;
  return inTransaction(db, async (tx) => {
    await lockPayment(tx, paymentId);
    const { rows } = await tx.query<RenewalRow>(updateFailed([paymentId, generation, declineCode]));
    return asNow(renewal, rows[0]);
  });
}

/** One that is over stays as it is, and is answered so. */
const updateFailed = named(
  "payment.fail-renewal",
  `update renewals
      set decline_code = case when status = 'open' then $3 else decline_code end,
          status = case when status = 'open' then 'failed' else status end
    where payment_id = $1 and generation = $2
   returning payment_id, generation, replaces, intent_id, status`,
);

function asNow(renewal: Renewal, row: RenewalRow | undefined): Renewal {
  return row ? { ...renewal, intentId: row.intent_id ?? undefined, status: row.status } : renewal;
}

/** Nothing is left to be done about it. */
export async function voidedRenewal(db: Db, { paymentId, generation }: Renewal): Promise<void> {
  await db.query(updateVoided([paymentId, generation]));
}

const updateVoided = named(
  "payment.voided-renewal",
  "update renewals set voided = true where payment_id = $1 and generation = $2",
);
