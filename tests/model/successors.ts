/** Everything that may happen next. */
import { copyFor, decode, encode } from "./codec.ts";
import { drive, take } from "./driver.ts";
import { wrongStep } from "./invariants.ts";
import { workOn } from "./payment.ts";
import { servePayment } from "./payment-calls.ts";
import { act } from "./people.ts";
import { serveStock } from "./product.ts";
import type { Scene } from "./steps.ts";
import { sweep } from "./sweeping.ts";
import type { OrderWorld, Setup, World } from "./world.ts";

export interface Next {
  readonly label: string;
  readonly key: string;
  readonly world: World;
  /** Why this step must not be. */
  readonly wrong: string | undefined;
}

/** All states that follow; those that are the same state are left out. */
export function successors(key: string, setup: Setup): Next[] {
  const world = decode(key, setup);
  const found: Next[] = [];
  for (const [index, order] of world.orders.entries()) {
    const who = setup.orders > 1 ? `order ${index + 1}: ` : "";
    const scene: Scene = {
      setup,
      order,
      world,
      step(label, change) {
        const after = copyFor(world, index);
        change(after.orders[index] as OrderWorld, after);
        const next = encode(after);
        if (next !== key) {
          const wrong = wrongStep(world, after);
          found.push({ label: who + label, key: next, world: after, wrong });
        }
      },
    };
    act(scene);
    serveStock(scene);
    sweep(scene);
    servePayment(scene);
    for (let driver = 0; driver < setup.drivers; driver++) {
      take(scene, driver);
      drive(scene, driver);
    }
    for (let handler = 0; handler < setup.handlers; handler++) {
      workOn(scene, handler);
    }
  }
  return found;
}
