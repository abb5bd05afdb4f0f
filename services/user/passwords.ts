// Hashing of passwords: argon2id with OWASP's parameters, a few at a time.
import { hash, verify } from "@node-rs/argon2";
import { Fault } from "#kit/errors.ts";

/** OWASP Password Storage Cheat Sheet: 19 MiB, two passes, one lane. argon2id is the default. */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const prefix = "$argon2id$v=19$m=19456,t=2,p=1$";

/** No password has this hash, but finding that out costs as much as for any other. */
const nobodysHash = `${prefix}${"A".repeat(22)}$${"A".repeat(43)}`;

export interface Passwords {
  hash(password: string, signal?: AbortSignal): Promise<string>;
  /** Takes the same time without a hash, for an account that does not exist: false. */
  verify(hashed: string | undefined, password: string, signal?: AbortSignal): Promise<boolean>;
}

/**
 * A flood of logins must not starve the rest: beyond `atOnce` hashes callers
 * wait, beyond `maxWaiting` they are turned away.
 */
export function createPasswords({ atOnce = 2, maxWaiting = 64 } = {}): Passwords {
  const inTurn = turns(atOnce, maxWaiting);
  return {
    hash: (password, signal) => inTurn(() => hash(password, parameters), signal),
    async verify(hashed, password, signal) {
      const isRight = await inTurn(() => verify(hashed ?? nobodysHash, password), signal);
      return isRight && hashed !== undefined;
    },
  };
}

/** Whether a hash was made with other parameters than today's. */
export function isOutdated(hashed: string): boolean {
  return !hashed.startsWith(prefix);
}

type InTurn = <T>(work: () => Promise<T>, signal?: AbortSignal) => Promise<T>;

function turns(atOnce: number, maxWaiting: number): InTurn {
  const waiting: (() => void)[] = [];
  let running = 0;

  return async (work, signal) => {
    if (running >= atOnce) {
      if (waiting.length >= maxWaiting) {
        throw new Fault("OVERLOADED", "too many passwords are being checked", {
          retryAfterMs: 2_000,
        });
      }
      // Whoever ends hands its place on, so `running` stays as it is.
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else {
      running++;
    }
    try {
      // Nobody waits for the answer any more.
      signal?.throwIfAborted();
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) {
        next();
      } else {
        running--;
      }
    }
  };
}
