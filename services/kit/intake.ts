// How a consumer takes a batch in: together if it can, one by one if it must.
import { type Db, inTransaction } from "./db.ts";
import { stillBlocked } from "./dead-letter-store.ts";
import { type DeadLetter, deadLetter } from "./dead-letters.ts";
import { type Incoming, markSeen, readRecord } from "./inbox.ts";
import type { Log } from "./log.ts";
import type { ReceivedBatch } from "./records.ts";
import { isDown, isSlow, type RetryPolicy, waitMs } from "./retry.ts";
import type { Subscription } from "./subscription.ts";

export interface IntakeOptions {
  readonly service: string;
  readonly db: Db;
  readonly log: Log;
  readonly onCommitted?: () => void;
  readonly retry?: RetryPolicy;
}

/** 0.1, 0.5, 2.5 and 5 s between the tries: 8 s in all, far below the 60 s a partition may wait. */
const RETRY: RetryPolicy = { tries: 5, firstMs: 100, maxMs: 5_000 };
/** While the database is away or busy. */
const WAIT: RetryPolicy = { tries: Number.POSITIVE_INFINITY, firstMs: 100, maxMs: 2_000 };
/** Events in one transaction. */
const CHUNK = 500;
/** A database that is only slow is waited for this long, then an event that is alone counts. */
const SLOW_MS = 60_000;

/** What this process remembers of the event at which a partition stopped. */
interface Trouble {
  readonly offset: bigint;
  readonly since: Date;
  /** Of the handler; an infrastructure that is away does not count. */
  attempts: number;
  waits: number;
}

interface Intake extends IntakeOptions {
  readonly subscription: Subscription;
  readonly batch: ReceivedBatch;
  /** By topic and partition. */
  readonly troubles: Map<string, Trouble>;
  readonly place: string;
}

/** Remembers, between batches, where each partition stumbled. */
export function taker(
  options: IntakeOptions,
): (subscription: Subscription, batch: ReceivedBatch) => Promise<void> {
  const troubles = new Map<string, Trouble>();
  return (subscription, batch) => {
    const place = `${batch.topic}/${batch.partition}`;
    return takeBatch({ ...options, subscription, batch, troubles, place });
  };
}

async function takeBatch(intake: Intake): Promise<void> {
  const { subscription, batch, troubles, place } = intake;
  const incoming = batch.records
    .filter(({ value }) => value !== null)
    .map((record) => readRecord(subscription, batch.partition, record));
  for (let at = 0; at < incoming.length; ) {
    // The one that stopped the partition goes alone, so that the rest need not fail with it.
    const alone = troubles.get(place)?.offset === incoming[at]?.record.offset;
    const chunk = incoming.slice(at, at + (alone ? 1 : CHUNK));
    if (!(await takeAll(intake, chunk))) {
      return;
    }
    at += chunk.length;
  }
  const last = batch.records.at(-1);
  if (last?.value === null && batch.live()) {
    await batch.done(last.offset);
  }
}

/** Answers whether the partition may go on. On an error in halves: few steps to the bad one. */
async function takeAll(intake: Intake, chunk: readonly Incoming[]): Promise<boolean> {
  const { batch, troubles, place } = intake;
  const [first, last] = [chunk[0], chunk.at(-1)];
  if (!first || !last || !batch.live()) {
    return false;
  }
  try {
    await takeEffect(intake, chunk);
  } catch (error) {
    if (chunk.length === 1 || isDown(error)) {
      return stumble(intake, first, error);
    }
    const half = chunk.length >> 1;
    return (
      (await takeAll(intake, chunk.slice(0, half))) && (await takeAll(intake, chunk.slice(half)))
    );
  }
  troubles.delete(place);
  await batch.done(last.record.offset);
  return true;
}

async function takeEffect(intake: Intake, chunk: readonly Incoming[]): Promise<void> {
  const { db, service, subscription, batch, onCommitted } = intake;
  await inTransaction(db, async (tx) => {
    const fresh = await markSeen(tx, service, batch.topic, chunk);
    const events = [];
    const letters: DeadLetter[] = [];
    // A redrive may be taking in the last one that waits: then nothing is to be parked behind it.
    const blocked =
      fresh.blockedKeys.size === 0
        ? new Set<string>()
        : new Set(await stillBlocked(tx, service, batch.topic, fresh.blockedKeys));
    for (const incoming of fresh.incoming) {
      if (incoming.event && !blocked.has(incoming.key)) {
        events.push(incoming.event);
        continue;
      }
      letters.push(refusal(incoming));
      // What an unreadable event without a key belongs to, nobody knows.
      if (incoming.key !== "") {
        blocked.add(incoming.key);
      }
    }
    if (letters.length > 0) {
      await deadLetter(tx, { consumer: service, ...batch }, letters);
    }
    if (events.length > 0) {
      await subscription.handle(events, tx);
    }
  });
  onCommitted?.();
}

function refusal(incoming: Incoming): DeadLetter {
  const { unreadable } = incoming;
  return {
    incoming,
    error: unreadable ?? "an earlier event of its key is a dead letter",
    attempts: unreadable === undefined ? 0 : 1,
    firstFailedAt: new Date(),
    parked: unreadable === undefined,
  };
}

/** Decides about an event that is alone: again later, or never. */
async function stumble(intake: Intake, incoming: Incoming, error: unknown): Promise<boolean> {
  const { batch, troubles, place, log, retry = RETRY } = intake;
  const { offset } = incoming.record;
  const known = troubles.get(place);
  const trouble =
    known?.offset === offset ? known : { offset, since: new Date(), attempts: 0, waits: 0 };
  troubles.set(place, trouble);
  const where = { topic: batch.topic, partition: batch.partition, offset: String(offset) };

  if (isDown(error) || (isSlow(error) && Date.now() - trouble.since.getTime() < SLOW_MS)) {
    if (++trouble.waits === 1) {
      log.warn({ ...where, err: error }, "the database is away or busy, events wait");
    }
    batch.pause(waitMs(WAIT, trouble.waits));
    return false;
  }
  trouble.attempts++;
  if (trouble.attempts < retry.tries) {
    batch.pause(waitMs(retry, trouble.attempts));
    return false;
  }
  try {
    await giveUp(intake, incoming, error, trouble);
  } catch (storing) {
    // Tried again with the event itself: it may have become good meanwhile.
    trouble.attempts--;
    log.error({ ...where, err: storing }, "a dead letter could not be stored");
    batch.pause(waitMs(WAIT, ++trouble.waits));
    return false;
  }
  log.error({ ...where, eventId: incoming.id, err: error }, "event is a dead letter");
  troubles.delete(place);
  await batch.done(offset);
  return true;
}

async function giveUp(
  { db, service, batch, onCommitted }: Intake,
  incoming: Incoming,
  error: unknown,
  { attempts, since }: Trouble,
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const fresh = await markSeen(tx, service, batch.topic, [incoming]);
    if (fresh.incoming.length > 0) {
      await deadLetter(tx, { consumer: service, ...batch }, [
        { incoming, error: String(error), attempts, firstFailedAt: since, parked: false },
      ]);
    }
  });
  onCommitted?.();
}
