import { createHash } from "node:crypto";
import { type DeadLetter, DeadLetter_State } from "#gen/tradepost/deadletters/v1/dead_letters.ts";
import type { Letter } from "./dead-letter-store.ts";
import { wholePart } from "./page-token.ts";
import { redacted } from "./redaction.ts";

/** `notification_17` → 17n; undefined for what is none of this service's. */
export function rowOf(service: string, id: string): bigint | undefined {
  const [name, number = ""] = id.split("_", 2);
  const isOurs = name === service && id === `${name}_${number}`;
  return isOurs && wholePart(number) ? BigInt(number) : undefined;
}

export function idOf(service: string, row: bigint): string {
  return `${service}_${row}`;
}

export function toMessage(service: string, letter: Letter, parkedBehind: number): DeadLetter {
  const { id, consumer, topic, partition, offset, key, eventId, type, attempts } = letter;
  const { lastFailedAt, endedAt } = letter;
  const state = DeadLetter_State[stateOf(letter)];
  const tag = JSON.stringify([state, attempts, +lastFailedAt, parkedBehind]);
  return {
    id: idOf(service, id),
    service,
    consumer,
    topic,
    partition,
    offset,
    key,
    eventId,
    eventType: type,
    state,
    attempts,
    ...redacted(topic, letter),
    parkedBehind,
    createTime: letter.firstFailedAt,
    updateTime: endedAt ?? lastFailedAt,
    etag: createHash("sha256").update(tag).digest("hex").slice(0, 16),
  };
}

export function stateOf({ endedAt, discarded, parked }: Letter) {
  if (endedAt) {
    return discarded ? "DISCARDED" : "REDRIVEN";
  }
  return parked ? "PARKED" : "DEAD";
}
