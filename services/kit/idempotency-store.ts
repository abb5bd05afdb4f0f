// The rows of idempotency keys and what was answered.
import type { Call } from "./call.ts";
import { type Db, named, type Tx } from "./db.ts";

export interface KeptAnswer {
  readonly isSame: boolean;
  /** gRPC's code; null while the first request runs. */
  readonly status: number | null;
  readonly details: Buffer | null;
  /** The response message's bytes; while the first request runs, what was known when it began. */
  readonly answer: Buffer | null;
}

/** The row that is there already, once its writer has committed; none if it is ours now. */
export async function take(tx: Tx, call: Call): Promise<KeptAnswer | undefined> {
  const { rowCount } = await tx.query(insertKey([...identity(call), call.requestHash]));
  return rowCount === 1 ? undefined : lookUp(tx, call);
}

export async function lookUp(db: Db | Tx, call: Call): Promise<KeptAnswer | undefined> {
  const { rows } = await db.query<KeptAnswer>(selectKey([...identity(call), call.requestHash]));
  return rows[0];
}

export async function finish(
  tx: Tx,
  call: Call,
  status: number | null,
  { details = null, answer = null }: { details?: Buffer | null; answer?: Buffer | null },
): Promise<void> {
  await tx.query(finishKey([...identity(call), status, details, answer]));
}

/** Keeps an answer that came after the first transaction; false where another was sooner. */
export async function finishLate(db: Db, call: Call, answer: Buffer): Promise<boolean> {
  return (await db.query(finishOpen([...identity(call), answer]))).rowCount === 1;
}

/** The same words of two callers are two keys. */
function identity({ caller, rpc, idempotencyKey }: Call): unknown[] {
  return [caller.userId || `service ${caller.service ?? ""}`, rpc, idempotencyKey];
}

// A key is forgotten after 24 h, whether or not its row has been deleted yet.
const insertKey = named(
  "kit.idempotency.insert",
  `insert into idempotency_keys as kept (caller, rpc, key, request_hash) values ($1, $2, $3, $4)
   on conflict (caller, rpc, key) do update
      set request_hash = $4, status = null, details = null, answer = null, created_at = now()
    where kept.created_at < now() - interval '24 hours'`,
);

const selectKey = named(
  "kit.idempotency.select",
  `select request_hash = $4 as "isSame", status, details, answer
     from idempotency_keys
    where caller = $1 and rpc = $2 and key = $3`,
);

const finishKey = named(
  "kit.idempotency.finish",
  `update idempotency_keys set status = $4, details = $5, answer = $6
    where caller = $1 and rpc = $2 and key = $3`,
);

const finishOpen = named(
  "kit.idempotency.finish-open",
  `update idempotency_keys set status = 0, answer = $4
    where caller = $1 and rpc = $2 and key = $3 and status is null`,
);
