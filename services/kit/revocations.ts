// Sessions that ended before their tokens, heard from the user service as it happens.
import { setTimeout as delay } from "node:timers/promises";
import type { Revocation } from "#gen/tradepost/user/v1/user.ts";
import { Fault } from "./errors.ts";
import type { Log } from "./log.ts";
import type { Claims } from "./tokens.ts";

export interface Revocations {
  /** Throws REVOKED_TOKEN for a token whose session has ended. */
  check(claims: Claims): void;
  /** Nothing was heard for 5 s: what is known may be out of date. */
  readonly isDeaf: boolean;
  stop(): void;
}

export interface RevocationMessage {
  readonly snapshot: boolean;
  readonly revocations: readonly Revocation[];
}

export interface RevocationOptions {
  readonly watch: (signal: AbortSignal) => AsyncIterable<RevocationMessage>;
  readonly log: Log;
}

/** The user service says something each second. */
const deafMs = 5_000;
const maxBackoffMs = 5_000;
const maxKept = 100_000;

/** What is kept: until when, and for a person which tokens. Milliseconds since 1970. */
interface Ban {
  readonly issuedBefore: number;
  readonly expires: number;
}

/** Holds the stream for the process's life; the mesh starts and runs without the user service. */
export function watchRevocations({ watch, log }: RevocationOptions): Revocations {
  const stopping = new AbortController();
  const bans = new Map<string, Ban>();
  let heardAt = 0;
  let isSilent = false;
  let attempt = 0;

  function hear({ snapshot, revocations }: RevocationMessage): void {
    heardAt = Date.now();
    attempt = 0;
    if (isSilent) {
      isSilent = false;
      log.info("revocations are heard again");
    }
    if (snapshot) {
      bans.clear();
    }
    for (const revocation of revocations) {
      keep(bans, revocation);
    }
  }

  async function listen(): Promise<void> {
    const listening = new AbortController();
    const stop = () => listening.abort();
    stopping.signal.addEventListener("abort", stop, { once: true });
    const watchdog = setTimeout(stop, deafMs).unref();
    try {
      for await (const message of watch(listening.signal)) {
        hear(message);
        watchdog.refresh();
      }
    } finally {
      clearTimeout(watchdog);
      stopping.signal.removeEventListener("abort", stop);
    }
  }

  async function run(): Promise<void> {
    const startedAt = Date.now();
    while (!stopping.signal.aborted) {
      await listen().catch(ignore);
      if (!isSilent && !stopping.signal.aborted && Date.now() - (heardAt || startedAt) > deafMs) {
        isSilent = true;
        log.warn("revocations are not heard; sessions that end now are believed until they expire");
      }
      const pauseMs = Math.min(maxBackoffMs, 100 * 2 ** attempt) * (0.5 + Math.random() / 2);
      attempt += 1;
      await delay(pauseMs, undefined, { signal: stopping.signal, ref: false }).catch(ignore);
    }
  }
  void run();

  return {
    check({ sessionId, userId, issuedAt }) {
      const now = Date.now();
      const isBanned = [bans.get(`s ${sessionId}`), bans.get(`u ${userId}`)].some(
        (ban) => ban && ban.expires > now && +issuedAt < ban.issuedBefore,
      );
      if (isBanned) {
        throw new Fault("REVOKED_TOKEN", "the session has ended");
      }
    },
    get isDeaf() {
      return Date.now() - heardAt > deafMs;
    },
    stop() {
      stopping.abort();
    },
  };
}

function keep(bans: Map<string, Ban>, revocation: Revocation): void {
  const { sessionId, userId, issuedBefore, expireTime } = revocation;
  if (bans.size >= maxKept) {
    dropExpired(bans);
  }
  bans.set(sessionId ? `s ${sessionId}` : `u ${userId}`, {
    issuedBefore: issuedBefore ? +issuedBefore : Number.POSITIVE_INFINITY,
    expires: expireTime ? +expireTime : Number.POSITIVE_INFINITY,
  });
}

/** If all still count, the oldest goes: memory is bounded before all else. */
function dropExpired(bans: Map<string, Ban>): void {
  const now = Date.now();
  for (const [key, { expires }] of bans) {
    if (expires <= now) {
      bans.delete(key);
    }
  }
  const [oldest] = bans.keys();
  if (bans.size >= maxKept && oldest !== undefined) {
    bans.delete(oldest);
  }
}

function ignore(): void {
  // The stream broke or is over: the loop says so, once, and tries again.
}
