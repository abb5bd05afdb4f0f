/** What the user service tells the others. Never a password, a hash or a token. */
import { UserEvent } from "#gen/tradepost/user/v1/events.ts";
import { jsonCodec } from "#kit/json.ts";
import type { OutgoingEvent } from "#kit/outbox.ts";
import { uuidv7 } from "#kit/uuid.ts";
import type { Change, User } from "./user.ts";

const codec = jsonCodec(UserEvent);

export function toEvents({ user, facts }: Change, traceparent: string): OutgoingEvent[] {
  return facts.map((fact) =>
    eventOf(fact, user, { id: uuidv7(), time: user.updateTime, traceparent }),
  );
}

/** Whoever writes it holds the person's row, so that events about one person are in order. */
export function eventOf(
  fact: keyof typeof TYPE,
  { id: userId, email, fullName, version: sequence }: User,
  { id, time, traceparent }: Pick<OutgoingEvent, "id" | "time" | "traceparent">,
): OutgoingEvent {
  return {
    id,
    topic: "users",
    key: userId,
    type: TYPE[fact],
    payload: codec.encode({ userId, email, fullName, sequence, fact: { $case: fact, value: {} } }),
    time,
    traceparent,
  };
}

const TYPE = {
  registered: "tradepost.user.v1.UserRegistered",
  updated: "tradepost.user.v1.UserUpdated",
  emailVerificationRequested: "tradepost.user.v1.EmailVerificationRequested",
  passwordResetRequested: "tradepost.user.v1.PasswordResetRequested",
  passwordChanged: "tradepost.user.v1.PasswordChanged",
} as const;
