import type { Log } from "./log.ts";

interface Entry {
  readonly namespace: string;
  readonly log: { readonly message: string; readonly [field: string]: unknown };
}

/** The same words again within this time go to the debug level. */
const QUIET_MS = 60_000;
const MAX_KNOWN = 100;
/** By log, because each new producer is a new client. */
const lastSaidTo = new WeakMap<Log, Map<string, number>>();

/** Ours: the relay replaces a producer whose tries are used up, so that nothing is lost by it. */
const EXPECTED = "Limiting retries for the idempotent producer may invalidate EoS guarantees";

/** kafkajs repeats itself with each try while a broker is away; a person needs one line. */
export function kafkaLog(log: Log): (entry: Entry) => void {
  const lastSaid = lastSaidTo.get(log) ?? new Map<string, number>();
  lastSaidTo.set(log, lastSaid);
  return ({ namespace, log: { message, error, broker, groupId } }) => {
    if (message === EXPECTED) {
      return;
    }
    const words = `${namespace}: ${message}`;
    // "Restarting the consumer in 338ms"
    const kind = words.replace(/\d+/g, "#");
    const now = Date.now();
    const again = now - (lastSaid.get(kind) ?? 0) < QUIET_MS;
    if (!again) {
      if (lastSaid.size >= MAX_KNOWN) {
        lastSaid.clear();
      }
      lastSaid.set(kind, now);
    }
    log[again ? "debug" : "warn"]({ error: textOf(error), broker, groupId }, `kafkajs ${words}`);
  };
}

function textOf(error: unknown): string | undefined {
  return error === undefined ? undefined : String(error);
}
