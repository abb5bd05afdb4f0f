/** Brings one fault after the other, and heals all of them at the end. */
import { setTimeout as sleep } from "node:timers/promises";
import { clock } from "./clock.ts";
import { type FaultKind, type Happened, type Plan, pause, type Tools } from "./fault.ts";
import type { History } from "./history.ts";
import { connection, provider } from "./line-faults.ts";
import { freeze, kill, restart } from "./process-faults.ts";
import { kafka, postgres } from "./store-faults.ts";

const PLANS: Readonly<Record<FaultKind, Plan>> = {
  F1: kill,
  F2: freeze,
  F3: restart,
  F4: postgres,
  F5: kafka,
  F6: connection,
  F7: provider,
  F8: clock,
};

const WEIGHTS: Readonly<Record<FaultKind, number>> = {
  F1: 20,
  F2: 18,
  F3: 8,
  F4: 12,
  F5: 15,
  F6: 20,
  F7: 12,
  F8: 6,
};

/** Between two faults: exponential about the middle; milliseconds. */
const EVERY_MS = { least: 3_000, mean: 5_000, most: 7_000 };
/** An end of a fault that takes longer than this is the mesh's failure to come back. */
const HEAL_MS = 60_000;

export interface Disturbance {
  readonly happened: readonly Happened[];
  /** Resolves once everything is as it should be again. */
  readonly over: Promise<void>;
}

/** Until `healed`. */
export function disturb(tools: Tools, history: History, healed: AbortSignal): Disturbance {
  const { random, edges, mesh } = tools;
  const happened: Happened[] = [];
  const running: Promise<void>[] = [];

  async function bring(): Promise<void> {
    while (!healed.aborted) {
      const { least, mean, most } = EVERY_MS;
      await pause(Math.min(most, Math.max(least, random.exponential(mean))), healed);
      const kind = random.choose(WEIGHTS);
      const fault = healed.aborted ? undefined : await PLANS[kind](tools);
      if (!fault || healed.aborted) {
        continue;
      }
      const entry: Happened = { kind, what: fault.what, from: history.now() };
      happened.push(entry);
      const run = fault.run(healed).finally(() => {
        entry.to = history.now();
      });
      run.catch(() => {
        // `heal` below asks the mesh itself whether it is back.
      });
      running.push(run);
    }
    await heal();
  }

  async function heal(): Promise<void> {
    edges.heal();
    const ended = Promise.allSettled(running);
    await Promise.race([ended, sleep(HEAL_MS, undefined, { ref: false })]);
    // A fault that ended late may have broken again what was healed above.
    edges.heal();
    for (const member of Object.values(mesh.processes)) {
      member.signal("SIGCONT");
    }
    await fetch(`${mesh.stripe.url}/_faults`, { method: "DELETE" });
    await Promise.all(Object.keys(mesh.processes).map((name) => mesh.ready(name)));
  }

  return { happened, over: bring() };
}
