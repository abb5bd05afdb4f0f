/**
 * Twelve ways to get it wrong, each a change to a copy of what was built, which the chaos run has
 * to notice.
 */
import type { Mutant } from "./mutant.ts";
import { MUTANTS_OF_EVENTS } from "./mutants-of-events.ts";
import { MUTANTS_OF_MONEY } from "./mutants-of-money.ts";

export const MUTANTS: readonly Mutant[] = [...MUTANTS_OF_EVENTS, ...MUTANTS_OF_MONEY];

/** A sound copy: as long as runs of it notice nothing, what they notice elsewhere is a catch. */
export const CONTROL: Mutant = { name: "control", what: "nothing is broken", edits: [] };
