/** What is counted, as the contract's messages. */
import {
  type NotificationStats,
  Preferences_Channel,
} from "#gen/tradepost/notification/v1/notification.ts";
import { invalidField } from "#kit/errors.ts";
import { KIND } from "./messages.ts";
import type { DayStats } from "./stats-store.ts";

const DAY_MS = 86_400_000;
const USUAL_DAYS = 30;
const MOST_DAYS = 92;

export interface Range {
  readonly from: Date;
  /** Itself not included. */
  readonly to: Date;
}

/** INVALID_FIELD for one that is empty or too long. */
export function statsRange(from: Date | undefined, to: Date | undefined, now: Date): Range {
  const until = to ?? now;
  const since = from ?? new Date(until.getTime() - USUAL_DAYS * DAY_MS);
  const length = until.getTime() - since.getTime();
  if (length <= 0) {
    throw invalidField("to", "must be later than from", "range");
  }
  if (length > MOST_DAYS * DAY_MS) {
    throw invalidField("from", `must be at most ${MOST_DAYS} days before to`, "range");
  }
  return { from: since, to: until };
}

export function toStatsMessages(stats: DayStats): NotificationStats[] {
  const { day, inboxed, opened, acted, queued, mailed, failed } = stats;
  const kind = KIND[stats.kind];
  const inbox = { queued: 0, sent: inboxed, delivered: inboxed, opened, acted, failed: 0 };
  const mail = { queued, sent: mailed, delivered: mailed, opened: 0, acted: 0, failed };
  return [
    { day, kind, channel: Preferences_Channel.INBOX, ...inbox },
    { day, kind, channel: Preferences_Channel.MAIL, ...mail },
  ];
}
