/** Takes in what Lambda delivered, by the intake that a process has too, in the time there is. */
import { setTimeout as delay } from "node:timers/promises";
import { type IntakeOptions, taker } from "#kit/intake.ts";
import type { ReceivedBatch, ReceivedRecord } from "#kit/records.ts";
import type { Subscription } from "#kit/subscription.ts";
import type { Delivery, Item, Lane } from "./lambda-envelopes.ts";

/** A transaction that is begun may last this long: no other is, with less time to go. */
const RESERVE_MS = 5_000;

export interface TakingOptions extends IntakeOptions {
  readonly subscriptions: readonly Subscription[];
}

/** How long the invocation may still last. */
type LeftMs = () => number;

/** Answers what must be delivered again: what could not be tried, and what nobody here hears. */
export function taking(
  options: TakingOptions,
): (delivery: Delivery, leftMs: LeftMs) => Promise<readonly Item[]> {
  const { subscriptions, log } = options;
  const byTopic = new Map<string, Subscription>(subscriptions.map((one) => [one.topic, one]));
  // Remembers between invocations where each partition stumbled.
  const takeInPlace = taker(options);

  return async ({ lanes, unreadable }, leftMs) => {
    for (const { item, problem } of unreadable) {
      log.error({ messageId: item, problem }, "a message holds no event");
    }
    const late = await Promise.all(
      lanes.map((lane) => {
        const subscription = byTopic.get(lane.topic);
        if (!subscription) {
          log.error({ topic: lane.topic, heard: [...byTopic.keys()] }, "a topic is not heard here");
          return lane.items;
        }
        const take = lane.partition === undefined ? taker(options) : takeInPlace;
        return takeLane((batch) => take(subscription, batch), subscription, lane, leftMs);
      }),
    );
    return [...unreadable.map(({ item }) => item), ...late.flat()];
  };
}

/** Answers the items of what is not in effect, which are the lane's last ones. */
async function takeLane(
  take: (batch: ReceivedBatch) => Promise<void>,
  { topic }: Subscription,
  { partition = -1, records, items }: Lane,
  leftMs: LeftMs,
): Promise<readonly Item[]> {
  const live = () => leftMs() > RESERVE_MS;
  const end = (records.at(-1)?.offset ?? -1n) + 1n;
  const rest: { records: readonly ReceivedRecord[]; waitMs: number | undefined } = {
    records,
    waitMs: 0,
  };
  while (rest.waitMs !== undefined && rest.waitMs < leftMs() - RESERVE_MS) {
    await delay(rest.waitMs);
    rest.waitMs = undefined;
    await take({
      topic,
      partition,
      records: rest.records,
      end,
      live,
      async done(offset) {
        rest.records = rest.records.filter((record) => record.offset > offset);
      },
      pause(ms) {
        rest.waitMs = ms;
      },
    });
  }
  return items.slice(items.length - rest.records.length);
}
