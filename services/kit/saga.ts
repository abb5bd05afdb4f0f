// The durable driver: what has begun over several services comes to its end, whoever dies.
import { setTimeout as delay } from "node:timers/promises";
import { type Db, named } from "./db.ts";
import type { Log } from "./log.ts";

/** A saga while this process holds its lease. */
export interface Saga<State = unknown> {
  readonly kind: string;
  readonly id: string;
  /** Where to go on. */
  readonly step: string;
  readonly state: State;
  /** How often this step was tried and failed. */
  readonly attempts: number;
  /**
   * Every write that a saga makes asks that its row still has this number: a
   * process that was paused past its lease wakes up harmless.
   */
  readonly fence: bigint;
  readonly traceparent: string;
  /** When to be done or to have given up for now, in milliseconds since 1970; before the lease ends. */
  readonly giveUpAt: number;
}

/** Somebody else has to act first: the saga goes on at `step`, no sooner than in `ms` milliseconds. */
export interface Pause {
  readonly step: string;
  readonly ms: number;
}

/**
 * Goes on from `saga.step` to the end and moves or deletes the saga's row with
 * each thing it writes. Throws when an outcome is not known; it is then called
 * again, here or elsewhere, so each thing it does may be done again. Answers a
 * pause when it is called again without anything having failed.
 */
export type Drive<State> = (saga: Saga<State>) => Promise<Pause | undefined>;

/** How long a process may keep a saga without a sign, in milliseconds; recovery takes this and a second. */
export const LEASE_MS = 15_000;
/** What is left between giving up and the lease's end, in milliseconds: for the clock and a last statement. */
const MARGIN_MS = 3_000;
/** How often to look for sagas whose process is gone, in milliseconds. */
const LOOK_MS = 1_000;
/** How long a stopping process waits for its sagas, in milliseconds. */
const STOP_MS = 4_000;
/** How many abandoned or paused sagas to take at once, and to drive at once before more are taken. */
const TAKE = 32;
const MAX_RUNNING = 256;

export interface SagaDriver {
  /**
   * Drives a saga that this process has just opened with fence 1. Ends when the
   * saga has ended or this try has failed; never throws.
   */
  drive(saga: Pick<Saga, "kind" | "id" | "step" | "state" | "traceparent">): Promise<void>;
  /** Looks now for sagas that are due: one was made so by hand. */
  wake(): void;
  start(): void;
  /** Lets what is under way end; what does not in time is another process's. */
  stop(): Promise<void>;
}

export interface SagaDriverOptions {
  readonly db: Db;
  readonly log: Log;
  /** By kind. `never`: each kind has a state of its own, which only its own rows carry. */
  readonly kinds: Readonly<Record<string, Drive<never>>>;
}

export function sagaDriver({ db, log, kinds }: SagaDriverOptions): SagaDriver {
  const running = new Set<Promise<void>>();
  const timers = new Set<NodeJS.Timeout>();
  let stopped = false;

  function run(saga: Saga): Promise<void> {
    const work = attempt(saga).finally(() => running.delete(work));
    running.add(work);
    return work;
  }

  async function attempt(saga: Saga): Promise<void> {
    try {
      const drive = kinds[saga.kind];
      if (!drive) {
        throw new Error(`no saga of kind ${saga.kind} is known here`);
      }
      const paused = await drive(saga as Saga<never>);
      if (paused) {
        // Found by the regular look: a timer for each of those who wait would be a look for each.
        await db.query(pause([saga.kind, saga.id, saga.fence, paused.step, paused.ms]));
      }
    } catch (error) {
      const backoffMs = backoff(saga.attempts);
      log.warn(
        { saga: saga.kind, id: saga.id, step: saga.step, backoffMs, err: error },
        "saga waits",
      );
      try {
        await db.query(giveUp([saga.kind, saga.id, saga.fence, backoffMs]));
        lookAfter(backoffMs);
      } catch {
        // The lease ends by itself.
      }
    }
  }

  async function look(): Promise<void> {
    let isMore = true;
    while (isMore && !stopped) {
      const { rows } = await db.query<SagaRow>(take([TAKE, LEASE_MS, Object.keys(kinds)]));
      const giveUpAt = Date.now() + LEASE_MS - MARGIN_MS;
      for (const row of rows) {
        void run({ ...row, giveUpAt });
      }
      isMore = rows.length === TAKE && running.size < MAX_RUNNING;
    }
  }

  function lookAfter(ms: number): void {
    if (stopped) {
      return;
    }
    const timer = setTimeout(() => {
      timers.delete(timer);
      look().catch(() => {
        // The database does not answer: the next look says whether it does.
      });
    }, ms);
    timers.add(timer);
  }

  let clock: NodeJS.Timeout | undefined;
  return {
    drive: (saga) =>
      run({ ...saga, attempts: 0, fence: 1n, giveUpAt: Date.now() + LEASE_MS - MARGIN_MS }),
    wake: () => lookAfter(0),
    start() {
      clock = setInterval(() => lookAfter(0), LOOK_MS);
    },
    async stop() {
      stopped = true;
      clearInterval(clock);
      for (const timer of timers) {
        clearTimeout(timer);
      }
      const ended = Promise.allSettled(running);
      await Promise.race([ended, delay(STOP_MS, undefined, { ref: false })]);
    },
  };
}

/** Milliseconds until the next try: doubling from 200 to 10,000, half of it at random. */
function backoff(attempts: number, random = Math.random): number {
  const full = Math.min(200 * 2 ** attempts, 10_000);
  return Math.round(full / 2 + (full / 2) * random());
}

interface SagaRow {
  kind: string;
  id: string;
  step: string;
  state: unknown;
  attempts: number;
  fence: bigint;
  traceparent: string;
}

const take = named(
  "kit.saga.take",
  `update sagas s
      set fence = s.fence + 1, lease_until = now() + $2 * interval '1 millisecond'
     from (select kind, id
             from sagas
            where lease_until < now() and kind = any($3::text[])
            order by lease_until
            limit $1
              for update skip locked) due
    where s.kind = due.kind and s.id = due.id
   returning s.kind, s.id, s.step, s.state, s.attempts, s.fence, s.traceparent`,
);

const giveUp = named(
  "kit.saga.give-up",
  `update sagas
      set attempts = attempts + 1, lease_until = now() + $4 * interval '1 millisecond'
    where kind = $1 and id = $2 and fence = $3`,
);

const pause = named(
  "kit.saga.pause",
  `update sagas
      set step = $4, attempts = 0, lease_until = now() + $5 * interval '1 millisecond',
          moved_at = case when step = $4 then moved_at else now() end
    where kind = $1 and id = $2 and fence = $3`,
);
