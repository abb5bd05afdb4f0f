// The statements about dead letters that wait for a person, and about what is parked behind them.
import { type Db, named, type Tx } from "./db.ts";
import type { Topic } from "./topics.ts";

export interface Letter {
  readonly id: bigint;
  readonly consumer: string;
  readonly topic: Topic;
  readonly partition: number;
  readonly offset: bigint;
  readonly key: string;
  readonly eventId: string;
  readonly type: string;
  readonly payload: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly error: string;
  readonly attempts: number;
  readonly firstFailedAt: Date;
  readonly lastFailedAt: Date;
  readonly parked: boolean;
  readonly discarded: boolean;
  /** Since when nobody waits for it. */
  readonly endedAt: Date | null;
}

/** Events that come into effect one after another. */
export type Lane = Pick<Letter, "consumer" | "topic" | "key">;

export interface LetterFilter {
  /** Each "" for any. */
  readonly topic: string;
  readonly consumer: string;
  readonly key: string;
}

/** Those that wait, newest first. */
export async function listLetters(
  db: Db,
  { topic, consumer, key }: LetterFilter,
  before: string | undefined,
  limit: number,
): Promise<readonly Letter[]> {
  return (await db.query<Letter>(list([topic, consumer, key, before ?? null, limit]))).rows;
}

export async function findLetter(db: Db | Tx, id: bigint): Promise<Letter | undefined> {
  return (await db.query<Letter>(find([id]))).rows[0];
}

/** Nobody else decides about it until the transaction ends. */
export async function lockLetter(tx: Tx, id: bigint): Promise<Letter | undefined> {
  return (await tx.query<Letter>(lock([id]))).rows[0];
}

/** The first of those that wait in the lane, locked; none where nobody has begun to drain it. */
export async function lockFirst(tx: Tx, lane: Lane): Promise<Letter | undefined> {
  return (await tx.query<Letter>(first(laneOf(lane)))).rows[0];
}

/** How many wait in the lane, and which of them is the first. */
export async function waitingIn(
  db: Db | Tx,
  lane: Lane,
): Promise<{ readonly count: number; readonly firstId: bigint | null }> {
  const { rows } = await db.query<{ count: number; firstId: bigint | null }>(waiting(laneOf(lane)));
  return rows[0] ?? { count: 0, firstId: null };
}

/** By letter's id: how many of its lane wait behind it. */
export async function parkedBehind(
  db: Db | Tx,
  ids: readonly bigint[],
): Promise<ReadonlyMap<bigint, number>> {
  const { rows } = await db.query<{ id: bigint; count: number }>(behind([ids.map(String)]));
  return new Map(rows.map(({ id, count }) => [id, count]));
}

export async function endLetter(
  tx: Tx,
  id: bigint,
  { discarded }: { readonly discarded: boolean },
): Promise<void> {
  await tx.query(end([id, discarded]));
}

export async function failLetter(tx: Tx, id: bigint, error: string): Promise<void> {
  await tx.query(fail([id, error]));
}

/** Of these keys, those of which events still wait; they do until the transaction ends. */
export async function stillBlocked(
  tx: Tx,
  consumer: string,
  topic: Topic,
  keys: Iterable<string>,
): Promise<ReadonlySet<string>> {
  const { rows } = await tx.query<{ key: string }>(blocked([consumer, topic, [...keys]]));
  return new Set(rows.map(({ key }) => key));
}

function laneOf({ consumer, topic, key }: Lane): unknown[] {
  return [consumer, topic, key];
}

const columns = `id, consumer, topic, partition, "offset", key, event_id as "eventId", type,
       coalesce(payload, '') as payload, headers, error, attempts,
       first_failed_at as "firstFailedAt", last_failed_at as "lastFailedAt", parked, discarded,
       redriven_at as "endedAt"`;

const list = named(
  "kit.dead_letters.list",
  `select ${columns}
     from dead_letters
    where redriven_at is null and ($1 = '' or topic = $1) and ($2 = '' or consumer = $2)
      and ($3 = '' or key = $3) and ($4::bigint is null or id < $4)
    order by id desc
    limit $5`,
);

const find = named("kit.dead_letters.find", `select ${columns} from dead_letters where id = $1`);

const lock = named(
  "kit.dead_letters.lock",
  `select ${columns} from dead_letters where id = $1 for update`,
);

const first = named(
  "kit.dead_letters.first",
  `select ${columns}
     from dead_letters
    where consumer = $1 and topic = $2 and key = $3 and redriven_at is null
      and exists (select from redrives r
                   where r.consumer = $1 and r.topic = $2 and r.key = $3)
    order by id
    limit 1
      for update`,
);

const waiting = named(
  "kit.dead_letters.waiting",
  `select count(*)::int as count, min(id) as "firstId"
     from dead_letters
    where consumer = $1 and topic = $2 and key = $3 and redriven_at is null`,
);

const behind = named(
  "kit.dead_letters.behind",
  `select l.id,
          (select count(*)::int from dead_letters b
            where b.consumer = l.consumer and b.topic = l.topic and b.key = l.key and l.key <> ''
              and b.id > l.id and b.redriven_at is null and l.redriven_at is null) as count
     from dead_letters l
    where l.id = any ($1::bigint[])`,
);

const end = named(
  "kit.dead_letters.end",
  `update dead_letters
      set redriven_at = now(), discarded = $2, attempts = attempts + case when $2 then 0 else 1 end
    where id = $1`,
);

const fail = named(
  "kit.dead_letters.fail",
  `update dead_letters
      set error = $2, attempts = attempts + 1, last_failed_at = now(), parked = false
    where id = $1`,
);

// The last one alone: as long as it waits, so does what comes after it.
const blocked = named(
  "kit.dead_letters.blocked",
  `select asked.key
     from unnest($3::text[]) as asked (key),
          lateral (select from dead_letters l
                    where l.consumer = $1 and l.topic = $2 and l.key = asked.key
                      and l.redriven_at is null
                    order by l.id desc
                    limit 1
                      for update) last`,
);
