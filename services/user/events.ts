/** What the user service tells the others. Never a password, a hash or a token. */
import { UserEvent } from "#gen/tradepost/user/v1/events.ts";
import { jsonCodec } from "#kit/json.ts";
import type { OutgoingEvent } from "#kit/outbox.ts";
import { uuidv7 } from "#kit/uuid.ts";
import type { Change, Fact } from "./user.ts";

const codec = jsonCodec(UserEvent);

export function toEvents({ user, facts }: Change, traceparent: string): OutgoingEvent[] {
  const { id: userId, email, fullName, version: sequence } = user;
  return facts.map((fact) => ({
    id: uuidv7(),
    topic: "users",
    key: userId,
    type: TYPE[fact],
    payload: codec.encode({ userId, email, fullName, sequence, fact: { $case: fact, value: {} } }),
    time: user.updateTime,
    traceparent,
  }));
}

const TYPE = {
  registered: "tradepost.user.v1.UserRegistered",
  updated: "tradepost.user.v1.UserUpdated",
} satisfies Record<Fact, string>;
