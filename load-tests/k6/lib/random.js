import exec from "k6/execution";
import { seed } from "./settings.js";

/** Numbers from 0 to 1: for this client's turn the same in every run with this seed. */
export function randomOfThisTurn() {
  const { idInTest } = exec.vu;
  return mulberry32(seed * 1_000_003 + idInTest * 7_919 + exec.vu.iterationInInstance);
}

/** https://gist.github.com/tommyettinger/46a874533244883189143505d203312c, by its author in the public domain */
function mulberry32(start) {
  let state = start | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** One of a list. */
export function oneOf(list, random) {
  return list[Math.floor(random() * list.length)];
}
