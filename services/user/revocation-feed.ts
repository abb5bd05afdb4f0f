// Which sessions ended before their tokens: heard from PostgreSQL, told to every listener.
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import type { Revocation, WatchRevocationsResponse } from "#gen/tradepost/user/v1/user.ts";
import type { Db } from "#kit/db.ts";
import { Fault } from "#kit/errors.ts";
import type { Log } from "#kit/log.ts";
import { Mailbox } from "./mailbox.ts";
import { listRevocations } from "./revocation-store.ts";

export interface RevocationFeed {
  /** Resolves when the feed hears for the first time. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Tells this replica's listeners at once; PostgreSQL tells the others. */
  add(revocation: Revocation): void;
  /** All that is known, then what comes, and each second a message without any. */
  watch(signal: AbortSignal): AsyncGenerator<WatchRevocationsResponse, void>;
}

export interface FeedOptions {
  readonly db: Db;
  readonly url: string;
  readonly log: Log;
}

const beatMs = 1_000;
/** Longer without an answer means that the connection is gone. */
const answerMs = 3_000;
const maxBackoffMs = 5_000;
/** Keeps a message far below the 4 MiB that a client takes. */
const maxInMessage = 5_000;

export function revocationFeed({ db, url, log }: FeedOptions): RevocationFeed {
  const stopping = new AbortController();
  const mailboxes = new Set<Mailbox<Revocation>>();
  const known = new Map<string, Revocation>();
  let isHearing = false;
  let running: Promise<void> | undefined;

  function add(revocation: Revocation): void {
    const key = `${revocation.userId} ${revocation.sessionId}`;
    known.set(key, revocation);
    for (const mailbox of mailboxes) {
      mailbox.put(revocation);
    }
  }

  /** A listener must not think that it hears when this replica does not. */
  function goDeaf(why: Fault): void {
    isHearing = false;
    for (const mailbox of mailboxes) {
      mailbox.close(why);
    }
    mailboxes.clear();
  }

  async function listen(onHearing: () => void): Promise<void> {
    const client = new pg.Client({
      connectionString: url,
      application_name: "user-revocations",
      connectionTimeoutMillis: answerMs,
      query_timeout: answerMs,
      keepAlive: true,
    });
    const broken = new AbortController();
    client.on("error", (error) => broken.abort(error));
    client.on("end", () => broken.abort(new Error("the connection has ended")));
    client.on("notification", ({ payload }) => add(parse(payload ?? "")));
    try {
      await client.connect();
      await client.query("listen revocations");
      // After `listen`, so that none falls between the two.
      known.clear();
      for (const revocation of await listRevocations(db)) {
        add(revocation);
      }
      isHearing = true;
      onHearing();
      const wait = AbortSignal.any([broken.signal, stopping.signal]);
      while (true) {
        await delay(beatMs, undefined, { signal: wait, ref: false }).catch(ignore);
        wait.throwIfAborted();
        await client.query("select");
        beat();
      }
    } finally {
      await client.end().catch(ignore);
    }
  }

  function beat(): void {
    const now = new Date();
    for (const [key, { expireTime }] of known) {
      if (expireTime && expireTime < now) {
        known.delete(key);
      }
    }
    for (const mailbox of mailboxes) {
      mailbox.wake();
    }
  }

  async function run(onHearing: () => void): Promise<void> {
    let attempt = 0;
    while (!stopping.signal.aborted) {
      try {
        await listen(() => {
          attempt = 0;
          onHearing();
        });
      } catch (error) {
        if (stopping.signal.aborted) {
          return;
        }
        log.warn({ err: error }, "revocations are not heard from the database");
        goDeaf(new Fault("DEPENDENCY_DOWN", "revocations are not heard", { retryAfterMs: 1_000 }));
        const pauseMs = Math.min(maxBackoffMs, 100 * 2 ** attempt++);
        await delay(pauseMs, undefined, { signal: stopping.signal }).catch(ignore);
      }
    }
  }

  return {
    start() {
      return new Promise((resolve) => {
        running = run(resolve);
      });
    },
    async stop() {
      stopping.abort();
      goDeaf(new Fault("SHUTTING_DOWN", "the service is stopping"));
      await running;
    },
    add,
    async *watch(signal) {
      if (!isHearing) {
        throw new Fault("DEPENDENCY_DOWN", "revocations are not heard", { retryAfterMs: 1_000 });
      }
      const mailbox = new Mailbox<Revocation>();
      mailboxes.add(mailbox);
      const leave = () => mailbox.close(signal.reason);
      signal.addEventListener("abort", leave, { once: true });
      try {
        const all = [...known.values()];
        yield { snapshot: true, revocations: all.slice(0, maxInMessage) };
        for (let from = maxInMessage; from < all.length; from += maxInMessage) {
          yield { snapshot: false, revocations: all.slice(from, from + maxInMessage) };
        }
        while (!signal.aborted) {
          yield { snapshot: false, revocations: await mailbox.take(maxInMessage) };
        }
      } finally {
        mailboxes.delete(mailbox);
        signal.removeEventListener("abort", leave);
      }
    },
  };
}

/** As the trigger in 0002_sessions.sql writes it; times in milliseconds since 1970. */
function parse(payload: string): Revocation {
  const { userId, sessionId, issuedBefore, expireTime } = JSON.parse(payload);
  return {
    userId,
    sessionId,
    issuedBefore: issuedBefore === null ? undefined : new Date(issuedBefore),
    expireTime: new Date(expireTime),
  };
}

function ignore(): void {
  // Whoever called looks at the signal, or has given the connection up.
}
