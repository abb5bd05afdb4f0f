/** A stream of rows as they change, as long as somebody listens. */
import { type Changes, LATE_MS } from "./changes.ts";

/** What is followed: the rows of one key. */
export interface Followed<Row> {
  readonly changes: Changes;
  readonly key: string;
  /** Those that changed at `from` or later, in the order of their changes, after `last`. */
  page(from: Date, last: Row | undefined): Promise<readonly Row[]>;
  /** As many as a page has if there may be more. */
  readonly pageSize: number;
  readonly idOf: (row: Row) => string;
  /** Another one after each change. */
  readonly stateOf: (row: Row) => string | number | bigint;
  readonly timeOf: (row: Row) => Date;
}

interface Told {
  readonly state: string | number | bigint;
  readonly time: number;
}

/**
 * `cursor` is the time of the latest change that the caller has seen; any replica understands it.
 * A change may be seen up to LATE_MS after its time, so that much is looked at again and again, and
 * what was told already is remembered as long.
 */
export async function* following<Row>(
  followed: Followed<Row>,
  cursor: string,
  signal: AbortSignal,
): AsyncIterable<{ readonly row: Row; readonly cursor: string }> {
  const { changes, key, idOf, stateOf } = followed;
  const told = new Map<string, Told>();
  const known = (row: Row) => told.get(idOf(row))?.state === stateOf(row);
  const note = (row: Row) => {
    const time = followed.timeOf(row).getTime();
    told.set(idOf(row), { state: stateOf(row), time });
    return time;
  };
  let latest = timeOf(cursor);
  if (latest === undefined) {
    latest = (await changes.now()).getTime();
    for await (const row of since(followed, latest - LATE_MS)) {
      note(row);
    }
  }
  while (!signal.aborted) {
    // Listening begins before the look, so that no change falls between the two.
    const changed = changes.next(key, signal);
    for await (const row of since(followed, latest - LATE_MS)) {
      if (!known(row)) {
        latest = Math.max(latest, note(row));
        yield { row, cursor: new Date(latest).toISOString() };
      }
    }
    forget(told, latest - LATE_MS);
    await changed;
  }
}

async function* since<Row>({ page, pageSize }: Followed<Row>, time: number): AsyncIterable<Row> {
  const from = new Date(time);
  let last: Row | undefined;
  let rows: readonly Row[];
  do {
    rows = await page(from, last);
    yield* rows;
    last = rows.at(-1);
  } while (rows.length === pageSize);
}

function forget(told: Map<string, Told>, before: number): void {
  for (const [id, { time }] of told) {
    if (time < before) {
      told.delete(id);
    }
  }
}

function timeOf(cursor: string): number | undefined {
  const time = /^\d{4}-\d\d-\d\dT[\d:.]{8,12}Z$/.test(cursor) ? Date.parse(cursor) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}
