// A request that carries an idempotency key takes effect once; its repeats get the same answer.
import type { Call } from "./call.ts";
import { type Db, inTransaction, named, type Tx } from "./db.ts";
import { catalogue } from "./descriptors.ts";
import { Fault } from "./errors.ts";
import type { Codec } from "./json.ts";
import { decodeDetails, encodeDetails } from "./status.ts";

/** What is kept besides a good answer: what the state said, which a repeat must hear again. */
const keptStatuses: readonly number[] = [402, 404, 409];

interface KeyRow {
  readonly is_same: boolean;
  /** gRPC's code; null while the first request runs. */
  readonly status: number | null;
  readonly details: Buffer | null;
  readonly answer: Buffer | null;
}

/**
 * Runs `work` in one transaction with the row of its key, so that there is never one without
 * the other. A repeat answers the first answer's bytes; one that comes while the first runs
 * waits for it, as long as the database waits for a lock, then IDEMPOTENCY_IN_PROGRESS.
 */
export async function once<Answer>(
  db: Db,
  call: Call,
  codec: Codec<Answer>,
  work: (tx: Tx) => Promise<Answer>,
): Promise<Answer> {
  if (!call.idempotencyKey) {
    return inTransaction(db, work);
  }
  const kept = { value: undefined as KeyRow | undefined };
  const outcome = await inTransaction(db, async (tx) => {
    kept.value = await take(tx, call);
    return kept.value ? undefined : await firstTime(tx, call, codec, work);
  });
  const result = kept.value ? replay(kept.value, call, codec) : outcome;
  if (result instanceof Fault) {
    throw result;
  }
  return result as Answer;
}

/** The row that is there already, once its writer has committed; none if it is ours now. */
async function take(tx: Tx, call: Call): Promise<KeyRow | undefined> {
  const { requestHash } = call;
  const inserted = await tx
    .query(insertKey([...identity(call), requestHash]))
    .catch((error: unknown) => {
      throw isLockTimeout(error) ? inProgress() : error;
    });
  if (inserted.rowCount === 1) {
    return undefined;
  }
  const { rows } = await tx.query<KeyRow>(selectKey([...identity(call), requestHash]));
  return rows[0];
}

/** Waiting for the first request took too long. */
function isLockTimeout(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "55P03";
}

/** A fault that is kept is returned, not thrown: the key's row must be committed. */
async function firstTime<Answer>(
  tx: Tx,
  call: Call,
  codec: Codec<Answer>,
  work: (tx: Tx) => Promise<Answer>,
): Promise<Answer | Fault> {
  await tx.query("savepoint work");
  try {
    const answer = await work(tx);
    const bytes = Buffer.from(codec.encode(answer).finish());
    await tx.query(finishKey([...identity(call), 0, null, bytes]));
    return answer;
  } catch (error) {
    if (!(error instanceof Fault) || !keptStatuses.includes(catalogue[error.reason].httpStatus)) {
      throw error;
    }
    await tx.query("rollback to savepoint work");
    const { code } = catalogue[error.reason];
    await tx.query(
      finishKey([...identity(call), code, encodeDetails(error, call.requestId), null]),
    );
    return error;
  }
}

function replay<Answer>(row: KeyRow, call: Call, codec: Codec<Answer>): Answer | Fault {
  if (!row.is_same) {
    return new Fault("IDEMPOTENCY_KEY_REUSED", "the idempotency key was used for another request");
  }
  if (row.status === null) {
    return inProgress();
  }
  call.markReplayed();
  if (row.status === 0) {
    return codec.decode(row.answer ?? Buffer.alloc(0));
  }
  return decodeDetails(row.details ?? undefined) ?? new Fault("INTERNAL", "internal error");
}

function inProgress(): Fault {
  return new Fault("IDEMPOTENCY_IN_PROGRESS", "the first request with this key is still running", {
    retryAfterMs: 1_000,
  });
}

/** The same words of two callers are two keys. */
function identity({ caller, rpc, idempotencyKey }: Call): unknown[] {
  return [caller.userId || `service ${caller.service ?? ""}`, rpc, idempotencyKey];
}

const insertKey = named(
  "kit.idempotency.insert",
  `insert into idempotency_keys (caller, rpc, key, request_hash) values ($1, $2, $3, $4)
   on conflict do nothing`,
);

const selectKey = named(
  "kit.idempotency.select",
  `select request_hash = $4 as is_same, status, details, answer
     from idempotency_keys
    where caller = $1 and rpc = $2 and key = $3`,
);

const finishKey = named(
  "kit.idempotency.finish",
  `update idempotency_keys set status = $4, details = $5, answer = $6
    where caller = $1 and rpc = $2 and key = $3`,
);
