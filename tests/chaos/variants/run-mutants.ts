/** `npm run chaos -- --mutants`: shows that the checker sees what is wrong. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Verdict } from "../../../infra/verify/check.ts";
import { copyHouse } from "./house-copy.ts";
import type { Mutant } from "./mutant.ts";
import { CONTROL, MUTANTS } from "./mutants.ts";
import { mutate } from "./mutate.ts";
import { runCopy } from "./run-copy.ts";

export interface Hunt {
  readonly mutant: string;
  readonly what: string;
  /** How many runs it took until something was noticed; undefined: nothing was. */
  readonly runs: number | undefined;
  /** What noticed it: `I7 every event arrives, and none comes from nowhere`. */
  readonly noticed: readonly string[];
  /** A mutant was caught; in the control nothing was noticed. */
  readonly isGood: boolean;
  readonly seconds: number;
}

/** As main.ts prints it. */
interface Summary {
  readonly runs: readonly { readonly verdicts: readonly Verdict[] }[];
}

const TRIES = 3;
const LOAD_SECONDS = 45;

interface Options {
  readonly firstSeed: number;
  /** Names of mutants, or of the control. */
  readonly only: readonly string[];
  readonly signal: AbortSignal;
  say(line: string): void;
}

export async function runMutants({ firstSeed, only, signal, say }: Options): Promise<Hunt[]> {
  const hunts: Hunt[] = [];
  for (const mutant of [...MUTANTS, CONTROL].filter(({ name }) => only.includes(name))) {
    signal.throwIfAborted();
    const hunted = await hunt(mutant, firstSeed, signal, say);
    hunts.push(hunted);
    say(inWords(hunted));
  }
  return hunts;
}

export function inWords({ mutant, what, runs, noticed, isGood, seconds }: Hunt): string {
  const end = runs ? `noticed in run ${runs} by ${noticed.join(", ")}` : "nothing is noticed";
  return `${mutant}: ${isGood ? "" : "WRONG: "}${end} (${seconds} s) - ${what}`;
}

async function hunt(
  mutant: Mutant,
  firstSeed: number,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<Hunt> {
  const folder = await mkdtemp(join(tmpdir(), `tradepost-${mutant.name}-`));
  const begun = performance.now();
  const told = (runs: number | undefined, noticed: readonly string[]): Hunt => ({
    mutant: mutant.name,
    what: mutant.what,
    runs,
    noticed,
    isGood: (runs === undefined) === (mutant === CONTROL),
    seconds: Math.round((performance.now() - begun) / 1_000),
  });
  try {
    await copyHouse(folder);
    await mutate(folder, mutant);
    for (let run = 1; run <= TRIES; run++) {
      const flags = ["--seed", String(firstSeed + run - 1), "--seconds", String(LOAD_SECONDS)];
      const args = [...flags, "--stop-at-first", "--json"];
      const summary = await runCopy<Summary>({ folder, name: "main.js", args, signal, say });
      const noticed = brokenIn(summary);
      if (noticed.length > 0) {
        return told(run, noticed);
      }
    }
    return told(undefined, []);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function brokenIn({ runs }: Summary): string[] {
  return runs
    .flatMap(({ verdicts }) => verdicts)
    .filter(({ count }) => count > 0)
    .map(({ id, name }) => `${id} ${name}`);
}
