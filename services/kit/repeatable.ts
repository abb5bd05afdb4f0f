import type { Repeatable } from "./channel.ts";
import { methodOf, methodOptions } from "./descriptors.ts";
import type { Definition } from "./rpc.ts";

/** The rpcs of a service that may be sent twice. */
export function repeatableOf(definition: Definition): readonly Repeatable[] {
  return Object.values(definition.methods)
    .map((method) => ({ service: definition.fullName, method: method.name }))
    .filter(({ service, method }) => {
      const found = methodOf(`${service}/${method}`);
      return found && methodOptions(found).idempotent;
    });
}
