// For tests of the kit only: the user service's contract with handlers of the test's own.
import { UserServiceDefinition } from "#gen/tradepost/user/v1/user.ts";
import type { CallExtras } from "./call.ts";
import { Fault } from "./errors.ts";
import type { Rpcs } from "./rpc.ts";

export type Handler = (request: never, extras: CallExtras) => unknown;

/** Every rpc that a test does not name answers an empty message. */
export function userRpcs(handlers: Readonly<Record<string, Handler>> = {}): Rpcs {
  const names = Object.keys(UserServiceDefinition.methods);
  const rest = Object.fromEntries(names.map((name) => [name, async () => ({})]));
  return [UserServiceDefinition, { ...rest, ...handlers }];
}

/** The fault that a promise is rejected with. */
export async function faultOf(promise: Promise<unknown>): Promise<Fault> {
  const error = await promise.then(
    () => new Error("nothing was thrown"),
    (thrown: unknown) => thrown,
  );
  if (error instanceof Fault) {
    return error;
  }
  throw error;
}

/** Holds a handler until the test lets it go on. */
export function createGate(): { readonly opened: Promise<void>; open(): void } {
  let open: () => void = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
