/** F8: a process whose clock is wrong from its start on. */
import { type Plan, pause } from "./fault.ts";
import { instancesOf, type Role } from "./process-faults.ts";

/** Node's flags for a process whose clock is so far ahead, in milliseconds; behind: negative. */
export function clockFlags(shiftMs: number | undefined): readonly string[] {
  if (!shiftMs) {
    return [];
  }
  // Timers and performance.now() go on as they are: they tell how long, not when.
  const code = `
    const right = Date.now;
    Date.now = () => right() + ${shiftMs};
    globalThis.Date = new Proxy(Date, {
      construct: (T, given) => Reflect.construct(T, given.length > 0 ? given : [T.now()]),
      apply: (T) => new T(T.now()).toString(),
    });`;
  return [`--import=data:text/javascript,${encodeURIComponent(code)}`];
}

/** Under and over what a webhook's signature may be old, and what clocks of one network differ by. */
const SHIFTS_MS = [-360_000, -90_000, 90_000, 360_000];
const WRONG: Readonly<Record<Role, number>> = {
  payment: 3,
  order: 2,
  notification: 1,
  analytics: 1,
  product: 1,
  user: 1,
  gateway: 1,
};

export const clock: Plan = (tools) => {
  const { mesh, random, clocks, expectEnd } = tools;
  const name = random.pick(instancesOf(tools, random.choose(WRONG)));
  const shiftMs = random.pick(SHIFTS_MS);
  const ms = random.between(5_000, 15_000);
  const member = mesh.processes[name];
  if (member?.pid === undefined || clocks.has(name)) {
    return undefined;
  }
  const startAgain = async () => {
    expectEnd(name);
    member.kill9();
    await mesh.ready(name);
  };
  return {
    what: `${name}'s clock is ${shiftMs / 1_000} s off for ${ms} ms`,
    async run(healed) {
      clocks.set(name, shiftMs);
      await startAgain();
      await pause(ms, healed);
      clocks.delete(name);
      await startAgain();
    },
  };
};
