// Dead letters through their consumer's own handler once more, and what was parked behind them.
import { createBell } from "./bell.ts";
import { type Db, inTransaction, named, type Tx } from "./db.ts";
import { asFault, isConflict } from "./db-errors.ts";
import { endLetter, failLetter, type Lane, type Letter, lockFirst } from "./dead-letter-store.ts";
import { readRecord } from "./inbox.ts";
import type { Log } from "./log.ts";
import { isDown, isSlow } from "./retry.ts";
import type { Subscription } from "./subscription.ts";

export interface RedriveOptions {
  readonly db: Db;
  readonly log: Log;
  readonly subscriptions: readonly Subscription[];
  /** After each transaction: what handlers wrote to the outbox may go. */
  readonly onCommitted: () => void;
}

export interface Redrive {
  /** Whether anybody here hears the letter's topic. */
  isHeard(letter: Letter): boolean;
  /** The letter's effect and its end, or its new error, in this transaction. */
  take(tx: Tx, letter: Letter): Promise<"taken" | "failed">;
  /** From this transaction's commit on the lane is drained, by whatever process. */
  begin(tx: Tx, lane: Lane): Promise<void>;
  /** Takes in what waits in the lane until one fails or it is `until`; answers how many it took. */
  drain(lane: Lane, until: number): Promise<number>;
  start(): void;
  stop(): Promise<void>;
}

/** For drains whose process has died, and those that took longer than their call. */
const LOOK_MS = 1_000;
/** Of one lane, before another's turn; in milliseconds. */
const TURN_MS = 5_000;

export function createRedrive({ db, log, subscriptions, onCommitted }: RedriveOptions): Redrive {
  const byTopic = new Map(subscriptions.map((one) => [one.topic, one]));
  const bell = createBell();
  let stopped = false;
  let running: Promise<void> = Promise.resolve();

  async function take(tx: Tx, letter: Letter): Promise<"taken" | "failed"> {
    const error = await handle(tx, letter, byTopic.get(letter.topic));
    if (error === undefined) {
      await endLetter(tx, letter.id, { discarded: false });
      return "taken";
    }
    await failLetter(tx, letter.id, error);
    return "failed";
  }

  async function step(lane: Lane): Promise<"taken" | "failed" | "empty"> {
    const outcome = await inTransaction(db, async (tx) => {
      const letter = await lockFirst(tx, lane);
      const taken = letter ? await take(tx, letter) : "empty";
      if (taken !== "taken") {
        await tx.query(endDrain([...laneOf(lane), taken === "failed"]));
      }
      return taken;
    });
    onCommitted();
    return outcome;
  }

  async function drain(lane: Lane, until: number): Promise<number> {
    let count = 0;
    while (!stopped && Date.now() < until && (await step(lane)) === "taken") {
      count++;
    }
    return count;
  }

  async function look(): Promise<void> {
    const { rows } = await db.query<Lane>(begun([]));
    for (const lane of rows) {
      const count = await drain(lane, Date.now() + TURN_MS);
      log.info({ ...lane, count }, "events that were parked have been taken in");
    }
  }

  async function run(): Promise<void> {
    while (!stopped) {
      await bell.wait(LOOK_MS);
      // The database is away: the next look says whether it is back.
      await look().catch((error) => log.debug({ err: error }, "parked events wait"));
    }
  }

  return {
    isHeard: ({ topic }) => byTopic.has(topic),
    take,
    async begin(tx, lane) {
      // What belongs to no key has nothing behind it.
      if (lane.key !== "") {
        await tx.query(beginDrain(laneOf(lane)));
      }
    },
    drain: (lane, until) => (lane.key === "" ? Promise.resolve(0) : drain(lane, until)),
    start() {
      running = run();
    },
    async stop() {
      stopped = true;
      bell.mute();
      await running;
    },
  };
}

/** Answers what the event failed with; what is not the event's fault is thrown. */
async function handle(
  tx: Tx,
  letter: Letter,
  subscription: Subscription | undefined,
): Promise<string | undefined> {
  if (!subscription) {
    return `nobody here hears ${letter.topic}`;
  }
  const { partition, offset, key, payload: value, headers, firstFailedAt: time } = letter;
  const record = { offset, key, value, headers, time };
  const { event, unreadable } = readRecord(subscription, partition, record);
  if (!event) {
    return unreadable;
  }
  await tx.query("savepoint redrive");
  try {
    await subscription.handle([{ ...event, id: letter.eventId }], tx);
    return undefined;
  } catch (error) {
    const fault = asFault(error);
    if (isConflict(error) || isDown(fault) || isSlow(fault)) {
      throw error;
    }
    await tx.query("rollback to savepoint redrive");
    return String(error);
  }
}

function laneOf({ consumer, topic, key }: Lane): unknown[] {
  return [consumer, topic, key];
}

const beginDrain = named(
  "kit.redrive.begin",
  "insert into redrives (consumer, topic, key) values ($1, $2, $3) on conflict do nothing",
);

// Empty is what the lane was when it was looked at; another may have begun since.
const endDrain = named(
  "kit.redrive.end",
  `delete from redrives
    where consumer = $1 and topic = $2 and key = $3
      and ($4 or not exists (select from dead_letters d
                              where d.consumer = $1 and d.topic = $2 and d.key = $3
                                and d.redriven_at is null))`,
);

const begun = named(
  "kit.redrive.begun",
  "select consumer, topic, key from redrives order by created_at limit 100",
);
