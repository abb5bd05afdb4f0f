import { parseArgs } from "node:util";
import { CONTROL, MUTANTS } from "./variants/mutants.ts";

export interface Flags {
  readonly seeds: readonly string[];
  readonly seconds: number;
  readonly json: boolean;
  readonly stopAtFirst: boolean;
  readonly strictAvailability: boolean;
  /** Instead of a run: shows that runs notice what is wrong. */
  readonly mutants: boolean;
  /** Of the mutants and `control`. */
  readonly only: readonly string[];
  /** Instead of a run: a crash around each await. */
  readonly crashPoints: boolean;
  readonly help: boolean;
}

/** One sentence for the person who typed it. */
export class BadFlag extends Error {
  override readonly name = "BadFlag";
}

export const HELP = `npm run chaos [-- flags]    orders under faults, and whether all still holds

  --seed S               the first seed, a number; absent: 1
  --seeds K              so many runs, of seeds S, S + 1 …; absent: 1
  --seconds N            of load under faults in each run, 10 to 3600; absent: 60
  --stop-at-first        ends a run at the first violation that is seen while it goes on
  --strict-availability  the floors of availability count too, not only safety and liveness
  --mutants              twelve broken copies of the mesh and a sound one, at most three runs of 45 s each
  --only A,B             of the mutants these; control is a copy that nothing is broken in
  --crash-points         kills a process before and after each await of what drives an order
  --json                 the summary as one JSON object
  --help                 this text

Exit code: 0 all holds, 1 a violation, 2 wrong use. The report is in chaos-report/.
`;

export function readFlags(args: readonly string[]): Flags {
  const { values } = parse(args);
  const seed = whole("seed", values.seed ?? "1", 0, Number.MAX_SAFE_INTEGER - 1_000);
  const count = whole("seeds", values.seeds ?? "1", 1, 1_000);
  return {
    seeds: Array.from({ length: count }, (_, index) => String(seed + index)),
    seconds: whole("seconds", values.seconds ?? "60", 10, 3_600),
    json: values.json ?? false,
    stopAtFirst: values["stop-at-first"] ?? false,
    strictAvailability: values["strict-availability"] ?? false,
    mutants: values.mutants ?? false,
    only: namesOf(values.only),
    crashPoints: values["crash-points"] ?? false,
    help: values.help ?? false,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        seed: { type: "string" },
        seeds: { type: "string" },
        seconds: { type: "string" },
        json: { type: "boolean" },
        "stop-at-first": { type: "boolean" },
        "strict-availability": { type: "boolean" },
        mutants: { type: "boolean" },
        only: { type: "string" },
        "crash-points": { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw new BadFlag((error as Error).message);
  }
}

function namesOf(text: string | undefined): string[] {
  const known = [...MUTANTS, CONTROL].map(({ name }) => name);
  const names = text?.split(",") ?? known;
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new BadFlag(`--only has ${unknown}: the mutants are ${known.join(", ")}`);
  }
  return names;
}

function whole(name: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < least || number > most || text.trim() === "") {
    throw new BadFlag(`--${name} is ${text}: it must be a whole number, ${least} to ${most}`);
  }
  return number;
}
