// A request that carries an idempotency key takes effect once; its repeats get the same answer.
import type { Call } from "./call.ts";
import { type Db, inTransaction, type Tx } from "./db.ts";
import { catalogue } from "./descriptors.ts";
import { Fault } from "./errors.ts";
import { finish, finishLate, type KeptAnswer, lookUp, take } from "./idempotency-store.ts";
import type { Codec } from "./json.ts";
import { decodeDetails, encodeDetails } from "./status.ts";

/** What is kept besides a good answer: what the state said, which a repeat must hear again. */
const keptStatuses: readonly number[] = [402, 404, 409];

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
  const { kept, fresh } = await begin(db, call, codec, work, { isLast: true });
  return unwrap(kept ? replay(kept, call, codec) : fresh);
}

/** Work of which only the beginning is in a transaction with its key. */
export interface LateWork<Answer> {
  /** Notes what is to be done, with the key; answers what is known then. */
  begin(tx: Tx): Promise<Answer>;
  /**
   * Does it, and answers how it ended; undefined where `begin` knew it. Also called by repeats
   * until one has succeeded, at the same time as others, so it may be done again without harm.
   */
  finish(begun: Answer): Promise<Answer | undefined>;
}

/**
 * The same for work that cannot be in one transaction, because it waits for others. The first to
 * finish decides what everybody with this key is told; what `finish` throws is not kept.
 */
export async function onceWithLateAnswer<Answer>(
  db: Db,
  call: Call,
  codec: Codec<Answer>,
  work: LateWork<Answer>,
): Promise<Answer> {
  if (!call.idempotencyKey) {
    const begun = await inTransaction(db, work.begin);
    return (await work.finish(begun)) ?? begun;
  }
  const { kept, fresh } = await begin(db, call, codec, work.begin, { isLast: false });
  const isOpen = kept?.isSame && kept.status === null && kept.answer !== null;
  if (kept && !isOpen) {
    return unwrap(replay(kept, call, codec));
  }
  if (kept) {
    call.markReplayed();
  }
  const begun = unwrap(kept?.answer ? codec.decode(kept.answer) : fresh);
  const answer = (await work.finish(begun)) ?? begun;
  if (await finishLate(db, call, bytesOf(codec, answer))) {
    return answer;
  }
  const first = await lookUp(db, call);
  return first?.answer ? codec.decode(first.answer) : answer;
}

/** What was kept, or what `work` answered the first time. */
async function begin<Answer>(
  db: Db,
  call: Call,
  codec: Codec<Answer>,
  work: (tx: Tx) => Promise<Answer>,
  { isLast }: { readonly isLast: boolean },
): Promise<{ kept?: KeptAnswer; fresh?: Answer | Fault }> {
  return inTransaction(db, async (tx) => {
    const kept = await take(tx, call).catch((error: unknown) => {
      throw isLockTimeout(error) ? inProgress() : error;
    });
    return kept ? { kept } : { fresh: await firstTime(tx, call, codec, work, isLast) };
  });
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
  isLast: boolean,
): Promise<Answer | Fault> {
  await tx.query("savepoint work");
  try {
    const answer = await work(tx);
    await finish(tx, call, isLast ? 0 : null, { answer: bytesOf(codec, answer) });
    return answer;
  } catch (error) {
    if (!(error instanceof Fault) || !keptStatuses.includes(catalogue[error.reason].httpStatus)) {
      throw error;
    }
    await tx.query("rollback to savepoint work");
    const details = encodeDetails(error, call.requestId);
    await finish(tx, call, catalogue[error.reason].code, { details });
    return error;
  }
}

function replay<Answer>(kept: KeptAnswer, call: Call, codec: Codec<Answer>): Answer | Fault {
  if (!kept.isSame) {
    return new Fault("IDEMPOTENCY_KEY_REUSED", "the idempotency key was used for another request");
  }
  if (kept.status === null) {
    return inProgress();
  }
  call.markReplayed();
  if (kept.status === 0) {
    return codec.decode(kept.answer ?? Buffer.alloc(0));
  }
  return decodeDetails(kept.details ?? undefined) ?? new Fault("INTERNAL", "internal error");
}

function unwrap<Answer>(outcome: Answer | Fault | undefined): Answer {
  if (outcome instanceof Fault) {
    throw outcome;
  }
  return outcome as Answer;
}

function bytesOf<Answer>(codec: Codec<Answer>, answer: Answer): Buffer {
  return Buffer.from(codec.encode(answer).finish());
}

function inProgress(): Fault {
  return new Fault("IDEMPOTENCY_IN_PROGRESS", "the first request with this key is still running", {
    retryAfterMs: 1_000,
  });
}
