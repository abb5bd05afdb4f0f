/** One line of the scorecard: what is aimed at, what was found, and whether that is enough. */

export interface Objective {
  readonly what: string;
  /** In words; absent: nobody has said what it must be. */
  readonly aim?: string;
  readonly found: string;
  /** Absent where there is no aim, or where nothing was measured. */
  readonly isMet?: boolean;
}

export function atMost(what: string, most: number, found: number | undefined, unit: string) {
  return judged(what, `at most ${most} ${unit}`, found, unit, (value) => value <= most);
}

export function atLeast(what: string, least: number, found: number | undefined, unit: string) {
  return judged(what, `at least ${least} ${unit}`, found, unit, (value) => value >= least);
}

/** Without an aim. */
export function told(what: string, found: number | undefined, unit: string): Objective {
  return { what, found: inUnits(found, unit) };
}

function judged(
  what: string,
  aim: string,
  found: number | undefined,
  unit: string,
  isEnough: (value: number) => boolean,
): Objective {
  const isMet = found !== undefined && isEnough(found);
  return { what, aim, found: inUnits(found, unit), isMet };
}

function inUnits(value: number | undefined, unit: string): string {
  if (value === undefined || Number.isNaN(value)) {
    return "could not be measured";
  }
  const digits = Number.isInteger(value) || value >= 1_000 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toFixed(digits)} ${unit}`;
}
