/** One run: a mesh of its own, a load, faults, rest, judgement. */
import { setMaxListeners } from "node:events";
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Mesh, startMesh } from "../../infra/dev/mesh.ts";
import type { Verdict } from "../../infra/verify/check.ts";
import { clockFlags } from "./clock.ts";
import { disturb } from "./disturbing.ts";
import { openEdges } from "./edges.ts";
import type { Happened, Tools } from "./fault.ts";
import { type Figures, figuresOf } from "./figures.ts";
import { type Entry, openHistory } from "./history.ts";
import { judgeRun } from "./judging.ts";
import { countEnds, residentMb, unsentMails } from "./processes.ts";
import { type Quiet, untilQuiet } from "./quiet.ts";
import { random } from "./random.ts";
import { openShop } from "./shop.ts";
import { watch } from "./watching.ts";
import { work } from "./workload.ts";

export interface RunOptions {
  readonly seed: string;
  /** Of load under faults. */
  readonly seconds: number;
  readonly stopAtFirst: boolean;
  /** For the history, and for the logs of a run that went wrong. */
  readonly report: string;
  readonly signal: AbortSignal;
  say(line: string): void;
}

export interface RunResult {
  readonly seed: string;
  readonly seconds: number;
  readonly capture: string;
  readonly entries: readonly Entry[];
  readonly happened: readonly Happened[];
  readonly figures: Figures;
  readonly quiet: Quiet;
  readonly verdicts: readonly Verdict[];
  readonly looks: { readonly stock: number; readonly money: number };
  readonly residentMb: {
    readonly before: Readonly<Record<string, number>>;
    readonly after: Readonly<Record<string, number>>;
  };
  readonly said: readonly string[];
  /** Of people whose address is known; their pauses grow to hours, so this is a figure only. */
  readonly unsentMails: number;
}

/** How long everything may take to come to its end after the last fault. */
const QUIET_MS = 30_000;
/** The clients' own patience with what is unknown. */
const CLIENTS_MS = 65_000;

export async function run(options: RunOptions): Promise<RunResult> {
  const dir = await mkdtemp(join(tmpdir(), "tradepost-chaos-"));
  const edges = openEdges();
  const clocks = new Map<string, number>();
  const said: string[] = [];
  let mesh: Mesh | undefined;
  let isGood = false;
  try {
    options.say(`seed ${options.seed}: the mesh starts, two of each`);
    mesh = await startMesh({
      dir,
      ports: "free",
      instances: 2,
      between: edges.between,
      flags: (name) => clockFlags(clocks.get(name)),
      env: { CAPTURE: captureOf(options.seed) },
      say: (line) => said.push(line),
      signal: options.signal,
    });
    await mesh.ready("kafka");
    await mesh.kafka.ready;
    const result = await disturbed(options, { mesh, edges, clocks }, said);
    isGood = result.verdicts.every(({ count }) => count === 0);
    return result;
  } finally {
    await mesh?.stop();
    await edges.stop();
    if (!isGood) {
      const logs = join(options.report, `seed-${options.seed}-logs`);
      await mkdir(logs, { recursive: true });
      await cp(join(dir, "logs"), logs, { recursive: true }).catch(() => {});
    }
    await rm(dir, { recursive: true, force: true });
  }
}

/** Half of the seeds take the money when the goods are sent. */
function captureOf(seed: string): "AUTOMATIC" | "ON_SHIPMENT" {
  return random(seed).fork("capture").pick(["AUTOMATIC", "ON_SHIPMENT"]);
}

async function disturbed(
  { seed, seconds, stopAtFirst, report, signal, say }: RunOptions,
  disturbable: Pick<Tools, "mesh" | "edges" | "clocks">,
  said: readonly string[],
): Promise<RunResult> {
  const { mesh } = disturbable;
  const chance = random(seed);
  const shop = await openShop(mesh, chance.fork("shop"));
  const before = await residentMb(mesh);
  const over = new AbortController();
  const abandoned = new AbortController();
  setMaxListeners(0, over.signal, abandoned.signal);
  signal.addEventListener("abort", () => over.abort(), { once: true });
  const history = openHistory(join(report, `seed-${seed}-history.ndjson`));
  const ends = countEnds(mesh);
  const trouble: string[] = [];
  const watched = watch(mesh, history, () => stopAtFirst && over.abort());

  say(`seed ${seed}: ${seconds} s of load and faults`);
  const tools = {
    ...disturbable,
    random: chance.fork("faults"),
    seconds,
    expectEnd: ends.expect,
  };
  const disturbance = disturb(tools, history, over.signal);
  const working = work({
    history,
    gateways: mesh.gatewayUrls,
    abandoned: abandoned.signal,
    shop,
    random: chance,
    seed,
    over: over.signal,
  });
  await sleep(seconds * 1_000, undefined, { signal: over.signal }).catch(() => {});
  over.abort();

  say(`seed ${seed}: everything is healed, ${disturbance.happened.length} faults were there`);
  await disturbance.over.catch((error: Error) => trouble.push(error.message));
  const healedAt = performance.now();
  const patience = setTimeout(() => abandoned.abort(), CLIENTS_MS);
  await working;
  clearTimeout(patience);
  const quiet = await untilQuiet(mesh, healedAt, QUIET_MS);
  await watched.stop();

  say(`seed ${seed}: quiet after ${quiet.ms ?? "more than 30,000"} ms; everything is counted`);
  const { entries } = history;
  const verdicts = await judgeRun({ mesh, entries, watched, quiet, ends, trouble });
  await history.close();
  return {
    seed,
    seconds,
    capture: captureOf(seed),
    entries,
    happened: disturbance.happened,
    figures: figuresOf(entries, disturbance.happened),
    quiet,
    verdicts,
    looks: watched.looks,
    residentMb: { before, after: await residentMb(mesh) },
    said,
    unsentMails: await unsentMails(mesh),
  };
}
