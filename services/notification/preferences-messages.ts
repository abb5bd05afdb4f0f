/** Preferences as the contract's message, and back. */
import {
  Preferences_Channel,
  Preferences_Digest,
  type Preferences as PreferencesMessage,
} from "#gen/tradepost/notification/v1/notification.ts";
import { invalidField } from "#kit/errors.ts";
import type { Kind } from "./kinds.ts";
import { KIND } from "./messages.ts";
import {
  type Channel,
  choicesOf,
  isRequired,
  type Muted,
  type Preferences,
} from "./preferences.ts";
import type { KeptPreferences } from "./preferences-store.ts";
import { type Digest, isTimeZone, type QuietHours } from "./timing.ts";

const CHANNEL = {
  INBOX: Preferences_Channel.INBOX,
  MAIL: Preferences_Channel.MAIL,
  PUSH: Preferences_Channel.PUSH,
} satisfies Record<Channel, Preferences_Channel>;

const DIGEST = {
  NONE: Preferences_Digest.NONE,
  DAILY: Preferences_Digest.DAILY,
  WEEKLY: Preferences_Digest.WEEKLY,
} satisfies Record<Digest, Preferences_Digest>;

export function toPreferencesMessage(
  preferences: KeptPreferences,
  pushKey: string,
): PreferencesMessage {
  const { quietHours, digest, timeZone, version, createTime, updateTime } = preferences;
  return {
    choices: choicesOf(preferences).map(({ kind, channel, isEnabled }) => ({
      kind: KIND[kind],
      channel: CHANNEL[channel],
      enabled: isEnabled,
      required: isRequired(channel, kind),
    })),
    quietHours: quietHours && {
      startTime: clockOf(quietHours.from),
      endTime: clockOf(quietHours.until),
    },
    digest: DIGEST[digest],
    timeZone,
    createTime,
    updateTime,
    etag: String(version),
    pushKey,
  };
}

/** INVALID_FIELD for what cannot be chosen. */
export function ofMessage({
  choices,
  quietHours,
  digest,
  timeZone,
}: PreferencesMessage): Preferences {
  const zone = timeZone === "" ? "UTC" : timeZone;
  if (!isTimeZone(zone)) {
    throw invalidField("preferences.timeZone", "is no time zone of the IANA's", "time_zone");
  }
  return {
    muted: mutedOf(choices),
    timeZone: zone,
    quietHours: quietHours && hoursOf(quietHours),
    digest: nameOf(DIGEST, digest) ?? "NONE",
  };
}

function mutedOf(choices: PreferencesMessage["choices"]): ReadonlySet<Muted> {
  const muted = new Set<Muted>();
  const named = new Set<Muted>();
  for (const [index, { kind: kindNumber, channel: channelNumber, enabled }] of choices.entries()) {
    // The contract lets no other numbers in.
    const kind = nameOf(KIND, kindNumber) as Kind;
    const channel = nameOf(CHANNEL, channelNumber) as Channel;
    const place = `preferences.choices[${index}]`;
    const choice: Muted = `${channel} ${kind}`;
    if (named.has(choice)) {
      throw invalidField(place, `names ${kind} on ${channel} a second time`, "unique");
    }
    named.add(choice);
    if (!enabled && isRequired(channel, kind)) {
      throw invalidField(`${place}.enabled`, `${kind} on ${channel} is required`, "required");
    }
    if (!enabled) {
      muted.add(choice);
    }
  }
  return muted;
}

function hoursOf({ startTime, endTime }: { startTime: string; endTime: string }): QuietHours {
  if (startTime === endTime) {
    throw invalidField("preferences.quietHours.endTime", "must not be the start", "quiet_hours");
  }
  return { from: minuteOf(startTime), until: minuteOf(endTime) };
}

function minuteOf(clock: string): number {
  return Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));
}

function clockOf(minute: number): string {
  const twoDigits = (value: number) => String(value).padStart(2, "0");
  return `${twoDigits(Math.floor(minute / 60))}:${twoDigits(minute % 60)}`;
}

function nameOf<Name extends string>(
  numbers: Readonly<Record<Name, number>>,
  wanted: number,
): Name | undefined {
  const names = Object.keys(numbers) as Name[];
  return names.find((name) => numbers[name] === wanted);
}
