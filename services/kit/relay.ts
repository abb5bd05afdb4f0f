// Moves events from the outbox to Kafka: one process of a service at a time, one batch at a time.
import type { Registry } from "prom-client";
import { atMostEach, type Bell, createBell } from "./bell.ts";
import { type Db, named } from "./db.ts";
import type { KafkaSecurity } from "./kafka-security.ts";
import { openSession, type Session } from "./leadership.ts";
import type { Log } from "./log.ts";
import { outboxMetrics } from "./outbox-metrics.ts";
import { startPruning } from "./pruning.ts";
import { createPublisher, type OutboxRow, type Publisher } from "./publisher.ts";
import { type RetryPolicy, waitMs } from "./retry.ts";

export interface RelayOptions {
  /** The service's name. */
  readonly name: string;
  readonly db: Db;
  /** The same database; leadership needs a connection of its own. */
  readonly url: string;
  /** Empty: events wait. */
  readonly brokers: string;
  readonly security?: KafkaSecurity | undefined;
  readonly log: Log;
  readonly metrics?: Registry;
  readonly prefix?: string;
}

export interface Relay {
  /** To be called after a commit that wrote to the outbox. Cheap. */
  wake(): void;
  /** Finishes the batch in hand and lets another process lead. */
  stop(): Promise<void>;
}

const LOCK = "outbox_relay";
const BATCH = 500;
/** Far enough below the broker's limit of 1 MiB for what one partition gets at once; in bytes. */
const BATCH_BYTES = 600_000;
/** A batch begins no sooner than this after the last one; small batches cost most. */
const GATHER_MS = 50;
/** For what no wake() told of: a process that died between commit and wake. */
const POLL_MS = 250;
const FOLLOW_MS = 1_000;
/** NOTIFY takes a lock on the whole database at commit. */
const NOTIFY_MS = 20;
/** A session that held this long was a good one. */
const CALM_MS = 10_000;
/** With jitter at most 2 s: what waits must go soon after Kafka or the database is back. */
const AWAY: RetryPolicy = { tries: Number.POSITIVE_INFINITY, firstMs: 100, maxMs: 1_300 };

export function startRelay(options: RelayOptions): Relay {
  const { db, name, brokers, security, log, metrics, prefix } = options;
  if (metrics) {
    outboxMetrics(db, metrics);
  }
  const pruning = startPruning(db, log);
  if (brokers === "") {
    log.warn("no KAFKA_BROKERS: events wait in the outbox");
    return { wake: () => {}, stop: pruning.stop };
  }
  const bell = createBell();
  const state = { stopped: false, leads: false };
  const publisher = createPublisher({
    brokers,
    security,
    clientId: name,
    log,
    ...(prefix === undefined ? {} : { prefix }),
  });
  const running = run(options, state, bell, publisher);
  const tellLeader = atMostEach(NOTIFY_MS, () => {
    // A leader that does not hear it still polls.
    db.query(notify([LOCK])).catch(() => {});
  });
  return {
    wake() {
      if (state.leads) {
        bell.ring();
      } else {
        tellLeader();
      }
    },
    async stop() {
      state.stopped = true;
      bell.mute();
      await Promise.all([running, pruning.stop()]);
      await publisher.close();
    },
  };
}

interface State {
  stopped: boolean;
  leads: boolean;
}

/** A new session whenever the old one is lost, for ever. */
async function run(
  { url, name, log }: RelayOptions,
  state: State,
  bell: Bell,
  publisher: Publisher,
): Promise<void> {
  let failures = 0;
  while (!state.stopped) {
    let session: Session | undefined;
    const begun = Date.now();
    try {
      session = await openSession({
        url,
        name: `${name}-relay`,
        lock: LOCK,
        onNotify: bell.ring,
      });
      await serve(session, state, bell, publisher);
    } catch (error) {
      failures = Date.now() - begun > CALM_MS ? 1 : failures + 1;
      if (failures === 1) {
        log.warn({ err: error }, "the relay lost its database session, trying again");
      }
      state.leads = false;
      await bell.pause(waitMs(AWAY, failures));
    } finally {
      state.leads = false;
      await session?.close();
    }
  }
}

async function serve(
  session: Session,
  state: State,
  bell: Bell,
  publisher: Publisher,
): Promise<void> {
  let failures = 0;
  while (!state.stopped) {
    state.leads = await session.lead();
    if (!state.leads) {
      await bell.wait(FOLLOW_MS);
      continue;
    }
    const begun = Date.now();
    // On the connection that holds the lock: if it is lost, this throws.
    const { rows } = await session.client.query<OutboxRow>(unpublished([BATCH]));
    const some = fitting(rows);
    if (some.length === 0) {
      await bell.wait(POLL_MS);
    } else if (await publisher.publish(some)) {
      failures = 0;
      await session.client.query(markPublished([some.map(({ id }) => String(id))]));
      await bell.pause(GATHER_MS - (Date.now() - begun));
    } else {
      await bell.pause(waitMs(AWAY, ++failures));
    }
  }
}

function fitting(rows: readonly OutboxRow[]): readonly OutboxRow[] {
  let size = 0;
  const end = rows.findIndex(({ payload }, index) => {
    size += Buffer.byteLength(payload ?? "");
    return index > 0 && size > BATCH_BYTES;
  });
  return end < 0 ? rows : rows.slice(0, end);
}

const unpublished = named(
  "kit.outbox.unpublished",
  `select id, event_id, topic, key, type, payload, occurred_at, traceparent, headers
     from outbox
    where published_at is null
    order by id
    limit $1`,
);

const markPublished = named(
  "kit.outbox.mark_published",
  "update outbox set published_at = now() where id = any ($1::bigint[])",
);

const notify = named("kit.outbox.notify", "select pg_notify($1, '')");
