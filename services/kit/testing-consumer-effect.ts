import type { Tx } from "./db.ts";
import type { Heard } from "./subscription.ts";

interface Value {
  readonly n: number;
  readonly poison?: boolean;
}

export type Handle = (events: readonly Heard<Value>[], tx: Tx) => Promise<void>;

/** Writes what it hears into `effects`, in one statement; a poisoned event throws. */
export const effect: Handle = async (events, tx) => {
  await tx.query("insert into effects (key, n) select * from unnest($1::text[], $2::int[])", [
    events.map(({ key }) => key),
    events.map(({ value }) => value.n),
  ]);
  if (events.some(({ value }) => value.poison)) {
    throw new Error("cannot bear this");
  }
};
