/** Kills one instance of everything in turn while clients order, then asks whether all still holds. */
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import type { Mesh } from "../../infra/dev/mesh.ts";
import { services } from "../../infra/dev/services.ts";
import { inWords, judgeLiving } from "../../infra/verify/check.ts";
import { type K6Result, type K6Run, runK6 } from "./k6.ts";
import { ownMesh } from "./meshes.ts";

/** Long enough to be missed. */
const DOWN_MS = 2_000;
const LOOK_MS = 200;
/** What a killed instance held is taken over after its leases have run out. */
const REST_MS = 60_000;

export interface Failover {
  readonly result: K6Result;
  /** In the order in which they were killed. */
  readonly killed: readonly string[];
  /** Invariants that do not hold. */
  readonly broken: readonly string[];
}

/** `seconds`: how long the script will run. */
export async function failover(
  run: Omit<K6Run, "script">,
  seconds: number,
  say: (line: string) => void,
): Promise<Failover> {
  const { mesh, where, stop } = await ownMesh(2);
  try {
    const over = new AbortController();
    const killing = killInTurn(mesh, seconds, say, over.signal);
    const env = { ...run.env, ...where };
    const result = await runK6({ ...run, env, script: "failover" }).finally(() => over.abort());
    const killed = await killing;
    return { result, killed, broken: await atRest(mesh) };
  } finally {
    await stop();
  }
}

/** The second of each, evenly over the run from the first order on; the last is missed for a while. */
async function killInTurn(
  mesh: Mesh,
  seconds: number,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<string[]> {
  const names = [...services, "gateway"].map((program) => `${program}-2`);
  const apartMs = (seconds * 1_000) / (names.length + 2);
  const killed: string[] = [];
  await firstOrder(mesh, signal);
  for (const name of names) {
    const isOver = await delay(apartMs, false, { signal }).catch(() => true);
    if (isOver) {
      break;
    }
    say(`${name} is killed`);
    mesh.processes[name]?.kill9(DOWN_MS);
    killed.push(name);
  }
  return killed;
}

async function firstOrder(mesh: Mesh, signal: AbortSignal): Promise<void> {
  const client = new pg.Client(mesh.databaseUrls.order);
  await client.connect();
  try {
    while (!signal.aborted && (await client.query("select from orders limit 1")).rowCount === 0) {
      await delay(LOOK_MS);
    }
  } finally {
    await client.end();
  }
}

/** What does not hold once the mesh has come to rest. */
async function atRest({ databaseUrls, kafka, stripe }: Mesh): Promise<string[]> {
  const places = { databaseUrls, brokers: kafka.brokers, provider: stripe.url };
  const until = Date.now() + REST_MS;
  for (;;) {
    const broken = (await judgeLiving(places)).filter(({ count }) => count > 0);
    if (broken.length === 0 || Date.now() > until) {
      return broken.map(inWords);
    }
  }
}
