/** Chance that can be had again: everything a run decides comes from its seed. */

export interface Random {
  /** 0 ≤ x < 1 */
  next(): number;
  /** A whole number, both ends included. */
  between(low: number, high: number): number;
  pick<T>(all: readonly T[]): T;
  /** By weight. */
  choose<T extends string>(weights: Readonly<Record<T, number>>): T;
  /** Exponential with this mean. */
  exponential(mean: number): number;
  /** A stream of its own, so that what one does changes nothing of what another decides. */
  fork(name: string): Random;
}

export function random(seed: string): Random {
  let state = hash(seed);

  // mulberry32
  function next(): number {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }

  return {
    next,
    between: (low, high) => low + Math.floor(next() * (high - low + 1)),
    pick: (all) => all[Math.floor(next() * all.length)] as (typeof all)[number],
    choose(weights) {
      const entries = Object.entries<number>(weights);
      let left = next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
      const found = entries.find(([, weight]) => {
        left -= weight;
        return left < 0;
      });
      return (found ?? entries[0])?.[0] as keyof typeof weights;
    },
    exponential: (mean) => -mean * Math.log(1 - next()),
    fork: (name) => random(`${seed}/${name}`),
  };
}

/** FNV-1a */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text)) {
    value = Math.imul(value ^ byte, 0x01000193);
  }
  return value >>> 0;
}
