// The ledger's entries, page by page, newest first.
import type {
  LedgerEntry,
  ListLedgerRequest,
  ListLedgerResponse,
} from "#gen/tradepost/payment/v1/payment.ts";
import { type Db, named } from "#kit/db.ts";
import { invalidField } from "#kit/errors.ts";
import {
  pageOf,
  pageSizeOf,
  readPageToken,
  timePart,
  uuidPart,
  wholePart,
} from "#kit/page-token.ts";
import { accountOf } from "./ledger.ts";

/** `merchantId`: whose account is shown; null: all. */
export async function listLedger(
  db: Db,
  request: ListLedgerRequest,
  merchantId: string | null,
): Promise<ListLedgerResponse> {
  const { from, to } = request;
  if (from && to && from >= to) {
    throw invalidField("to", "must be later than from", "ledger.range");
  }
  const filter = ["ledger", from?.toISOString(), to?.toISOString()];
  const size = pageSizeOf(request.pageSize);
  const [time, id, number] =
    readPageToken(request.pageToken, filter, [timePart, uuidPart, wholePart]) ?? [];
  const { rows } = await db.query<EntryRow>(
    selectEntries([
      from ?? new Date(0),
      to ?? null,
      time ?? null,
      id ?? null,
      number ?? null,
      size + 1,
      merchantId === null ? null : accountOf({ merchantId }),
    ]),
  );
  const page = pageOf(rows, size, filter, (row) => [
    row.created_at.toISOString(),
    row.transaction_id,
    String(row.number),
  ]);
  return { entries: page.rows.map(toEntry), nextPageToken: page.nextPageToken };
}

interface EntryRow {
  readonly transaction_id: string;
  /** From 1 within its transaction. */
  readonly number: bigint;
  readonly kind: string;
  readonly reference: string;
  /** Null for a payout's. */
  readonly order_id: string | null;
  readonly account: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly created_at: Date;
}

function toEntry(row: EntryRow): LedgerEntry {
  return {
    id: `${row.transaction_id}-${row.number}`,
    transactionId: row.transaction_id,
    account: row.account,
    amount: { currencyCode: row.currency, amount: row.amount },
    kind: row.kind,
    orderId: row.order_id ?? "",
    createTime: row.created_at,
    reference: row.reference,
  };
}

const selectEntries = named(
  "payment.ledger",
  `select transaction_id, number, kind, reference, order_id, account, amount, currency, created_at
     from ledger_entries
    where created_at >= $1 and ($2::timestamptz is null or created_at < $2)
      and ($3::timestamptz is null or (created_at, transaction_id) <= ($3, $4::uuid))
      and ($3::timestamptz is null or (created_at, transaction_id) <> ($3, $4::uuid)
           or number > $5::bigint)
      and ($7::text is null or account = $7)
    order by created_at desc, transaction_id desc, number
    limit $6`,
);
