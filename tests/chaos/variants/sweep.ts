/**
 * The crash-point sweep, run from an instrumented copy: one living mesh, in which each point is
 * armed before and after in turn while every flow runs. Prints one JSON object a line.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Mesh, startMesh } from "../../../infra/dev/mesh.ts";
import { rest } from "../../e2e/rest.ts";
import { flows } from "./flows.ts";
import { type Flow, leave, type World } from "./steps.ts";
import { stirFor } from "./stirring.ts";

export interface SweepResult {
  /** `<point>:<before|after>`, in the order of the sweep. */
  readonly died: readonly string[];
  /** Points that no flow came by. */
  readonly missed: readonly string[];
  readonly orders: readonly string[];
}

/** Far below the life of an access token, in milliseconds. */
const SIGNED_IN_MS = 300_000;
/** How long a point may take to be come by, in milliseconds; flows are sent again meanwhile. */
const REACH_MS = 25_000;
/** Between two beginnings of a flow at least, in milliseconds. */
const AGAIN_MS = 2_000;
/** A flow that has not ended after so long, in milliseconds, is sent once more, and again. */
const STUCK_MS = 5_000;
const LANES = 4;
/** Of what a flow did not get, in characters. */
const SHOWN = 200;

export async function sweep(
  dir: string,
  points: readonly string[],
  say: (line: string) => void,
): Promise<{ mesh: Mesh; result: SweepResult }> {
  mkdirSync(dir, { recursive: true });
  const armed = join(dir, "armed");
  const seen = join(dir, "seen");
  writeFileSync(seen, "");
  const mesh = await startMesh({
    dir: join(dir, "mesh"),
    ports: "free",
    env: { CRASH_ARMED: armed, CRASH_SEEN: seen, CAPTURE: "ON_SHIPMENT" },
  });
  await mesh.ready("kafka");
  let keys = 0;
  let world = await signIn();
  let signedIn = Date.now();
  const orders = new Set<string>();
  const running = new Set<Promise<void>>();
  const lanes = new Map<string, { readonly going: number; readonly since: number }>();
  const died: string[] = [];
  const missed: string[] = [];

  async function signIn(): Promise<World> {
    const api = rest(mesh.gatewayUrl);
    return {
      buyer: await api.as("demo@tradepost.dev"),
      support: await api.as("support@tradepost.dev"),
      sandbox: rest(mesh.stripe.url),
      key: () => `sweep-${process.pid}-${keys++}`,
    };
  }

  /** Each flow, unless it goes on already; one that is stuck keeps no other from being sent. */
  function send(): void {
    for (const [name, flow] of Object.entries(flows)) {
      const { going = 0, since = 0 } = lanes.get(name) ?? {};
      if (going < LANES && Date.now() - since > (going === 0 ? AGAIN_MS : STUCK_MS)) {
        lanes.set(name, { going: going + 1, since: Date.now() });
        start(name, flow);
      }
    }
  }

  function start(name: string, flow: Flow): void {
    const work = flow(world)
      .then((ids) => {
        for (const id of ids) {
          orders.add(id);
        }
      })
      .catch((error: Error) => say(`${name}: ${error.message.slice(0, SHOWN)}`))
      .finally(() => {
        running.delete(work);
        const { going = 1, since = 0 } = lanes.get(name) ?? {};
        lanes.set(name, { going: going - 1, since });
      });
    running.add(work);
  }

  /** Whether a process died there in time. */
  async function kill(target: string): Promise<boolean> {
    writeFileSync(armed, target);
    const from = Date.now();
    const isOver = () => !existsSync(armed) || Date.now() - from > REACH_MS;
    const stirred = stirFor(target, mesh, isOver).catch(({ message }: Error) => say(message));
    while (!isOver()) {
      send();
      await sleep(50);
    }
    await stirred;
    const isDead = !existsSync(armed);
    writeFileSync(armed, "");
    await Promise.all(Object.keys(mesh.processes).map((name) => mesh.ready(name)));
    if (Date.now() - signedIn > SIGNED_IN_MS) {
      world = await signIn();
      signedIn = Date.now();
    }
    return isDead;
  }

  const targets = points.flatMap((point) => [`${point}:before`, `${point}:after`]);
  // Long ways may begin to be gone only when the first points have long been passed.
  for (const open of [targets, missed]) {
    for (const target of open.splice(0)) {
      const isDead = await kill(target);
      (isDead ? died : missed).push(target);
      say(`${died.length} of ${2 * points.length}: ${target}${isDead ? "" : " is not come by"}`);
    }
  }
  await Promise.allSettled(running);
  await leave(world);
  const reached = new Set(readFileSync(seen, "utf8").split("\n"));
  say(`${points.filter((point) => reached.has(point)).length} points were come by`);
  return { mesh, result: { died, missed, orders: [...orders] } };
}
