/** F6 and F7: what befalls a connection, and what the payment provider does. */

import { type Plan, pause, type Tools } from "./fault.ts";
import type { Toxic } from "./lane.ts";
import type { Direction } from "./proxy.ts";
import type { Random } from "./random.ts";

/** F6: one line between two processes, one direction of it. */
export const connection: Plan = ({ edges, random }) => {
  const used = edges.all.filter(({ proxy }) => proxy.isUsed);
  const kinds = [...new Set(used.map(({ kind }) => kind))].sort();
  const kind = random.pick(kinds);
  const edge = random.pick(used.filter((one) => one.kind === kind));
  const direction: Direction = random.pick(["upstream", "downstream"] as const);
  const ms = random.between(1_000, 8_000);
  const chosen = random.choose({ reset: 3, hole: 3, latency: 2, bandwidth: 1, cut: 3, slicer: 1 });
  const line = `${edge.from} → ${edge.to}`;
  if (chosen === "reset") {
    return {
      what: `${line}: every connection is reset`,
      async run() {
        edge.proxy.reset();
      },
    };
  }
  const toxic = toxicOf(chosen, random);
  return {
    what: `${line}, ${direction}: ${toxic.kind} for ${ms} ms`,
    async run(healed) {
      edge.proxy.set(direction, toxic);
      await pause(ms, healed);
      edge.proxy.set(direction, undefined);
    },
  };
};

function toxicOf(name: string, random: Random): Toxic {
  switch (name) {
    case "hole":
      return { kind: "black hole" };
    case "latency":
      return { kind: "latency", ms: 800, jitterMs: 400 };
    case "bandwidth":
      return { kind: "bandwidth", bytesPerSecond: 8_192 };
    case "cut":
      return { kind: "cut", bytes: random.between(1, 4_000) };
    default:
      return { kind: "slicer", bytes: random.between(1, 40), ms: random.between(1, 10) };
  }
}

interface Rule {
  readonly kind: string;
  readonly match?: { readonly path: string };
  /** How often, or for how long. */
  readonly times?: number;
  readonly forMs?: number;
  readonly ms?: number;
}

const CONFIRM = { path: "POST /v1/payment_intents/*/confirm" };
const CREATE = { path: "POST /v1/payment_intents" };
const REFUND = { path: "POST /v1/refunds" };
/** Longer than payment waits for an answer. */
const HANG_MS = 15_000;

/** F7 */
export const provider: Plan = (tools) => {
  const { random } = tools;
  const times = random.between(3, 15);
  const match = random.pick([CONFIRM, CONFIRM, CREATE, REFUND]);
  const rules: readonly Rule[] = [
    { kind: "500_before", match, times },
    { kind: "500_after", match, times },
    { kind: "timeout_after", match, times: random.between(1, 4), ms: HANG_MS },
    { kind: "timeout_after", match, times: random.between(1, 6), ms: 50 },
    // It does all that it is asked to, and nobody hears of it, not even who looks it up.
    { kind: "500_after", forMs: random.between(1_500, 4_000) },
    { kind: "timeout_after", forMs: random.between(1_500, 4_000), ms: 50 },
    { kind: "decline", match: CONFIRM, times: random.between(1, 4) },
    { kind: "429", match, times },
    { kind: "409", match, times },
    { kind: "latency", match, times, ms: random.between(500, 4_000) },
    { kind: "webhook_duplicate", times },
    { kind: "webhook_before_reply", match, times },
    { kind: "webhook_reorder", times: random.between(2, 6), ms: 2_000 },
    { kind: "webhook_delay", times, ms: 20_000 },
    { kind: "webhook_drop", times },
  ];
  const rule = random.pick(rules);
  const ms = random.between(2_000, 6_000);
  const where = rule.match ? ` at ${rule.match.path}` : "";
  const howLong = rule.forMs ? `for ${rule.forMs} ms` : `${rule.times} times`;
  return {
    what: `the provider: ${rule.kind}, ${howLong}${where}`,
    async run(healed) {
      const id = await addRule(tools, rule);
      await pause(id ? ms : 0, healed);
    },
  };
};

async function addRule({ mesh }: Tools, rule: Rule): Promise<boolean> {
  const answer = await fetch(`${mesh.stripe.url}/_faults`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(rule),
    signal: AbortSignal.timeout(2_000),
  }).catch(() => undefined);
  return answer?.ok ?? false;
}
