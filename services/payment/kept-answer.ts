// The answer that is kept for an idempotency key, once the end is known that it was waiting for.
import type { Call } from "#kit/call.ts";
import { type Db, named } from "#kit/db.ts";
import type { Codec } from "#kit/json.ts";

/**
 * Puts `answer` in the place of the one that was kept. The first to finish decides what everybody
 * with this key is told.
 */
export async function replaceAnswer<Answer>(
  db: Db,
  call: Call,
  codec: Codec<Answer>,
  kept: Answer,
  answer: Answer,
): Promise<Answer> {
  if (!call.idempotencyKey) {
    return answer;
  }
  const bytes = (one: Answer) => Buffer.from(codec.encode(one).finish());
  const identity = [call.caller.userId, call.rpc, call.idempotencyKey];
  const { rowCount } = await db.query(updateAnswer([...identity, bytes(kept), bytes(answer)]));
  if (rowCount === 1) {
    return answer;
  }
  const { rows } = await db.query<{ answer: Buffer }>(selectAnswer(identity));
  return rows[0] ? codec.decode(rows[0].answer) : answer;
}

const updateAnswer = named(
  "payment.replace-kept-answer",
  `update idempotency_keys set answer = $5
    where caller = $1 and rpc = $2 and key = $3 and answer = $4`,
);

const selectAnswer = named(
  "payment.kept-answer",
  "select answer from idempotency_keys where caller = $1 and rpc = $2 and key = $3",
);
