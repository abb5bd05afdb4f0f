import { type Db, named } from "./db.ts";

export interface LetterCount {
  readonly consumer: string;
  readonly topic: string;
  readonly dead: number;
  readonly parked: number;
}

/** More are not counted; an alert has fired long before. */
const MAX_COUNTED = 100_000;

/** Those that wait. Reads an index of nothing else. */
export async function countLetters(db: Db): Promise<readonly LetterCount[]> {
  return (await db.query<LetterCount>(count([MAX_COUNTED]))).rows;
}

const count = named(
  "kit.dead_letters.count",
  `select consumer, topic, (count(*) filter (where not parked))::int as dead,
          (count(*) filter (where parked))::int as parked
     from (select consumer, topic, parked from dead_letters
            where redriven_at is null limit $1) waiting
    group by consumer, topic
    order by consumer, topic`,
);
