/** Breadth first over all states, so that the first mistake found is one of the shortest. */
import { encode } from "./codec.ts";
import { isAtRest, wrongAtRest, wrongState } from "./invariants.ts";
import { successors } from "./successors.ts";
import { opened, type Setup } from "./world.ts";

interface CounterExample {
  readonly wrong: string;
  /** The steps that lead there. */
  readonly trace: readonly string[];
}

export interface Explored {
  readonly name: string;
  readonly states: number;
  readonly steps: number;
  /** Of the longest shortest path. */
  readonly depth: number;
  /** Whether there are no further states. */
  readonly isComplete: boolean;
  /** States in which nothing is left to be done. */
  readonly atRest: number;
  readonly seconds: number;
  readonly counterExample: CounterExample | undefined;
}

export interface Progress {
  readonly states: number;
  readonly waiting: number;
  readonly depth: number;
}

const REPORT_EVERY = 8_192;

export function explore(
  setup: Setup,
  limit: number,
  report: (progress: Progress) => void = () => {},
): Explored {
  const started = performance.now();
  const keys: string[] = [encode(opened(setup))];
  const seen = new Map<string, number>([[keys[0] as string, 0]]);
  let parents = new Uint32Array(1 << 16);
  /** From and to, two numbers a step: for the way back from the states at rest. */
  const edges = pairs();
  const resting: number[] = [];
  let steps = 0;
  let depth = 0;
  let depthEnd = 1;
  let counterExample: CounterExample | undefined;

  const fail = (wrong: string, index: number, last?: string) => {
    counterExample = { wrong, trace: [...traceTo(index), ...(last ? [last] : [])] };
  };
  const traceTo = (index: number): string[] => {
    const path: number[] = [];
    for (let at = index; at !== 0; at = parents[at] as number) {
      path.unshift(at);
    }
    return path.map((at) => {
      const nexts = successors(keys[parents[at] as number] as string, setup);
      return nexts.find(({ key }) => key === keys[at])?.label ?? "?";
    });
  };

  let index = 0;
  for (; index < keys.length && keys.length < limit && !counterExample; index++) {
    if (index === depthEnd) {
      depth += 1;
      depthEnd = keys.length;
    }
    if (index % REPORT_EVERY === 0) {
      report({ states: keys.length, waiting: keys.length - index, depth });
    }
    const nexts = successors(keys[index] as string, setup);
    for (const next of nexts) {
      steps += 1;
      if (next.wrong) {
        fail(next.wrong, index, next.label);
        break;
      }
      let to = seen.get(next.key);
      if (to === undefined) {
        to = keys.push(next.key) - 1;
        seen.set(next.key, to);
        if (to >= parents.length) {
          const wider = new Uint32Array(parents.length * 2);
          wider.set(parents);
          parents = wider;
        }
        parents[to] = index;
        const rests = isAtRest(next.world);
        if (rests) {
          resting.push(to);
        }
        const wrong =
          wrongState(next.world, setup) ?? (rests ? wrongAtRest(next.world, setup) : undefined);
        if (wrong) {
          fail(wrong, to);
          break;
        }
      }
      edges.add(index, to);
    }
    if (nexts.length === 0 && resting.at(-1) !== index && !resting.includes(index)) {
      fail("nothing can happen any more, and it is not at rest", index);
    }
  }
  const isComplete = index === keys.length && !counterExample;
  if (isComplete) {
    const stuck = edges.unreached(keys.length, resting);
    if (stuck !== undefined) {
      fail("no way leads to rest from here", stuck);
    }
  }
  return {
    name: setup.name,
    states: keys.length,
    steps,
    depth,
    isComplete,
    atRest: resting.length,
    seconds: (performance.now() - started) / 1_000,
    counterExample,
  };
}

/** The steps of the graph, and which states none of the ends can be reached from. */
function pairs() {
  let from = new Uint32Array(1 << 16);
  let to = new Uint32Array(1 << 16);
  let count = 0;
  const wider = (was: Uint32Array<ArrayBuffer>) => {
    const twice = new Uint32Array(was.length * 2);
    twice.set(was);
    return twice;
  };
  return {
    add(a: number, b: number): void {
      if (count === from.length) {
        from = wider(from);
        to = wider(to);
      }
      from[count] = a;
      to[count++] = b;
    },
    unreached(states: number, ends: readonly number[]): number | undefined {
      const starts = new Uint32Array(states + 1);
      for (let at = 0; at < count; at++) {
        starts[(to[at] as number) + 1] = (starts[(to[at] as number) + 1] as number) + 1;
      }
      for (let state = 0; state < states; state++) {
        starts[state + 1] = (starts[state + 1] as number) + (starts[state] as number);
      }
      const fill = starts.slice();
      const before = new Uint32Array(count);
      for (let at = 0; at < count; at++) {
        const end = to[at] as number;
        before[fill[end] as number] = from[at] as number;
        fill[end] = (fill[end] as number) + 1;
      }
      const reaches = new Uint8Array(states);
      const open = [...ends];
      for (const end of ends) {
        reaches[end] = 1;
      }
      while (open.length > 0) {
        const state = open.pop() as number;
        for (let at = starts[state] as number; at < (starts[state + 1] as number); at++) {
          const previous = before[at] as number;
          if (!reaches[previous]) {
            reaches[previous] = 1;
            open.push(previous);
          }
        }
      }
      const stuck = reaches.indexOf(0);
      return stuck < 0 ? undefined : stuck;
    },
  };
}
