/** When a mail may go, in its person's own time. Pure: no I/O, no clock, no protobuf. */

export type Digest = "NONE" | "DAILY" | "WEEKLY";

/** Minutes since midnight. Until before from: over midnight. */
export interface QuietHours {
  readonly from: number;
  readonly until: number;
}

export interface Timing {
  /** As the IANA's database names it. */
  readonly timeZone: string;
  readonly quietHours: QuietHours | undefined;
  readonly digest: Digest;
}

const HALF_DAY_MS = 12 * 3_600_000;
const DIGEST_MINUTE = 8 * 60;
const MONDAY = 1;

export function isTimeZone(name: string): boolean {
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

/** The first moment from `now` on that is not in the quiet hours. */
export function afterQuiet(now: Date, { timeZone, quietHours }: Timing): Date {
  if (!quietHours) {
    return now;
  }
  const { from, until } = quietHours;
  const local = localOf(now, timeZone);
  const isQuiet =
    from < until
      ? from <= local.minute && local.minute < until
      : local.minute >= from || local.minute < until;
  if (!isQuiet) {
    return now;
  }
  const end = instantOf({ ...local, minute: until }, local.minute < until ? 0 : 1, timeZone);
  // In an hour that the clock goes through twice, it may have ended the first time.
  return end > now ? end : now;
}

/** The next 8 o'clock, of a Monday for a weekly digest, or when the quiet hours end after it. */
export function nextDigest(now: Date, timing: Timing): Date {
  const { timeZone, digest } = timing;
  const local = localOf(now, timeZone);
  for (let days = 0; ; days += 1) {
    const weekday = new Date(Date.UTC(local.year, local.month, local.day + days)).getUTCDay();
    const instant = instantOf({ ...local, minute: DIGEST_MINUTE }, days, timeZone);
    if (instant > now && (digest !== "WEEKLY" || weekday === MONDAY)) {
      return afterQuiet(instant, timing);
    }
  }
}

/** What a clock on the wall shows; `month` from 0, `minute` since midnight. */
interface Local {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly minute: number;
}

function localOf(instant: Date, timeZone: string): Local {
  const parts = formatOf(timeZone).formatToParts(instant);
  const get = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  return {
    year: get("year"),
    month: get("month") - 1,
    day: get("day"),
    minute: get("hour") * 60 + get("minute"),
  };
}

/**
 * When the clock shows this, so many days on: the first time of two, and where it is put forward
 * over it, as much later as it was to be (RFC 5545, 3.3.5).
 */
function instantOf({ year, month, day, minute }: Local, days: number, timeZone: string): Date {
  const shown = Date.UTC(year, month, day + days, 0, minute);
  const before = shown - offsetAt(shown - HALF_DAY_MS, timeZone);
  const after = shown - offsetAt(shown + HALF_DAY_MS, timeZone);
  const shows = (instant: number) => instant + offsetAt(instant, timeZone) === shown;
  return new Date(!shows(before) && shows(after) ? after : before);
}

/** How far the clock on the wall is before UTC, in milliseconds. */
function offsetAt(instant: number, timeZone: string): number {
  const { year, month, day, minute } = localOf(new Date(instant), timeZone);
  return Date.UTC(year, month, day, 0, minute) - Math.floor(instant / 60_000) * 60_000;
}

const formats = new Map<string, Intl.DateTimeFormat>();
/** There are some 600 names of zones. */
const MOST_FORMATS = 1_000;

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
    });
    if (formats.size < MOST_FORMATS) {
      formats.set(timeZone, format);
    }
  }
  return format;
}
