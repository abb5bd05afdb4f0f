/** How the parts of the model say what may happen next. */
import type { Driver, Handler, OrderWorld, Setup, World } from "./world.ts";

/** Changes a copy of the state that it was told of; `index` is the order's. */
type Change = (order: OrderWorld, world: World) => void;

export interface Scene {
  readonly setup: Setup;
  readonly order: OrderWorld;
  readonly world: World;
  /** Offers a step that may happen in this state. */
  step(label: string, change: Change): void;
}

/** Calls that one service makes of another, as bits of `calls`. */
export const CALL = {
  reserve: 1,
  charge: 2,
  refund: 4,
  release: 8,
  commit: 16,
  part1: 32,
  part2: 64,
  capture: 128,
} as const;

/** Bits of `returnCalls`. */
export const RETURN_CALL = { back1: 1, back2: 2 } as const;

export function driverAt(order: OrderWorld, index: number): Driver {
  return order.drivers[index] as Driver;
}

export function handlerAt(order: OrderWorld, index: number): Handler {
  return order.handlers[index] as Handler;
}

/** Remembers what a rule says of so few cases, as a refusal is dear to make. */
export function remembered<T>() {
  const known = new Map<number, T>();
  return (number: number, ask: () => T): T => {
    let said = known.get(number);
    if (said === undefined && !known.has(number)) {
      said = ask();
      known.set(number, said);
    }
    return said as T;
  };
}

/** Numbers things that are equal as JSON; a model has few of them. */
export function numbered<T>() {
  const things: T[] = [];
  const numbers = new Map<string, number>();
  return {
    of(thing: T): number {
      const key = JSON.stringify(thing);
      let number = numbers.get(key);
      if (number === undefined) {
        number = things.push(thing);
        numbers.set(key, number);
      }
      return number;
    },
    at(number: number): T {
      return things[number - 1] as T;
    },
  };
}
