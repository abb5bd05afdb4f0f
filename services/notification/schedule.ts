/** When what is planned comes. Pure: no I/O, no clock, no protobuf. */
import { Cron } from "croner";
import { invalidField } from "#kit/errors.ts";
import { isTimeZone } from "./timing.ts";

/** Once, or again and again by a clock on a wall. */
export type When =
  | { readonly sendTime: Date }
  | { readonly cron: string; readonly timeZone: string };

const DAY_MS = 86_400_000;
/** A leap year. */
const MOST_AHEAD_MS = 366 * DAY_MS;

/** INVALID_FIELD for what never comes, or too late. */
export function firstTime(when: When, now: Date): Date {
  return "cron" in when ? firstOf(when.cron, when.timeZone, now) : onlyTime(when.sendTime, now);
}

/** Those that passed are left out. */
export function timeAfter(cron: string, timeZone: string, now: Date): Date | undefined {
  return new Cron(cron, { mode: "5-part", timezone: timeZone }).nextRun(now) ?? undefined;
}

function onlyTime(sendTime: Date, now: Date): Date {
  const ahead = sendTime.getTime() - now.getTime();
  if (ahead <= 0) {
    throw invalidField("sendTime", "must be in the future", "future");
  }
  if (ahead > MOST_AHEAD_MS) {
    throw invalidField("sendTime", "must be within 366 days", "within");
  }
  return sendTime;
}

function firstOf(cron: string, timeZone: string, now: Date): Date {
  if (!isTimeZone(timeZone)) {
    throw invalidField("timeZone", "is no time zone of the IANA's", "time_zone");
  }
  const first = readCron(cron, timeZone, now);
  if (!first) {
    throw invalidField("cron", "never comes", "never");
  }
  return first;
}

function readCron(cron: string, timeZone: string, now: Date): Date | undefined {
  try {
    return timeAfter(cron, timeZone, now);
  } catch {
    throw invalidField("cron", "must be five fields as crontab(5) has them", "cron");
  }
}
