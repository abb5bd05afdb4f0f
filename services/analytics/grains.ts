/** Time in minutes, hours and days, all of them UTC's. Pure. */
import { invalidField } from "#kit/errors.ts";

const LENGTH_MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

export type Grain = keyof typeof LENGTH_MS;

/** The largest first. */
export const GRAINS: readonly Grain[] = ["day", "hour", "minute"];

/** What begins at `from` or later, and before `to`. */
export interface Range {
  readonly from: Date;
  readonly to: Date;
}

/** What a request says of its range. */
export interface Asked {
  readonly from: Date | undefined;
  readonly to: Date | undefined;
}

/** A part of a range that whole grains fit exactly. */
export interface Piece extends Range {
  readonly grain: Grain;
}

const MAX_DAYS = 366;
/** The years that a protobuf Timestamp may be in. */
const FIRST = Date.parse("0001-01-01T00:00:00.000Z");
const LAST = Date.parse("9999-12-31T23:59:59.999Z");

export function startOf(grain: Grain, time: Date): Date {
  const length = LENGTH_MS[grain];
  return new Date(Math.floor(time.getTime() / length) * length);
}

/** The minutes that a request asks for; the 24 hours before `to` where it does not say. */
export function rangeOf(asked: Asked, now: Date): Range {
  const to = timeOf("to", asked.to ?? now);
  const from = timeOf("from", asked.from ?? new Date(to.getTime() - LENGTH_MS.day));
  if (from > to) {
    throw invalidField("from", "must not be later than to", "range.order");
  }
  if (to.getTime() - from.getTime() > MAX_DAYS * LENGTH_MS.day) {
    throw invalidField("from", `must be no more than ${MAX_DAYS} days before to`, "range.length");
  }
  return { from: firstFrom("minute", from), to: firstFrom("minute", to) };
}

/** A time that the database knows too. */
export function timeOf(field: string, time: Date): Date {
  if (!(time.getTime() >= FIRST && time.getTime() <= LAST)) {
    throw invalidField(field, "must be in the years 1 to 9999", "timestamp");
  }
  return time;
}

/** The largest grains that fit, and finer ones at the edges. */
export function piecesOf({ from, to }: Range, grains: readonly Grain[] = GRAINS): Piece[] {
  const [grain, ...finer] = grains;
  if (grain === undefined || from >= to) {
    return [];
  }
  const [first, last] = [firstFrom(grain, from), startOf(grain, to)];
  if (first >= last) {
    return piecesOf({ from, to }, finer);
  }
  return [
    ...piecesOf({ from, to: first }, finer),
    { grain, from: first, to: last },
    ...piecesOf({ from: last, to }, finer),
  ];
}

/** The parameters of `unnest($2::text[], $3::timestamptz[], $4::timestamptz[])`. */
export function pieceColumns(range: Range): [Grain[], Date[], Date[]] {
  const pieces = piecesOf(range);
  return [
    pieces.map(({ grain }) => grain),
    pieces.map(({ from }) => from),
    pieces.map(({ to }) => to),
  ];
}

/** The first start at that time or later. */
function firstFrom(grain: Grain, time: Date): Date {
  const length = LENGTH_MS[grain];
  return new Date(Math.ceil(time.getTime() / length) * length);
}
