// What an API key may be given: whatever scopes the contracts' rpcs name.
import { methodOptions, registry } from "#kit/descriptors.ts";
import { invalidField } from "#kit/errors.ts";

export const knownScopes: ReadonlySet<string> = new Set(
  [...registry].flatMap((type) =>
    type.kind === "service"
      ? type.methods.flatMap((method) => methodOptions(method).access?.scopes ?? [])
      : [],
  ),
);

export function checkScopes(scopes: readonly string[]): void {
  const at = scopes.findIndex((scope) => !knownScopes.has(scope));
  if (at >= 0) {
    const known = [...knownScopes].sort().join(", ");
    throw invalidField(`scopes[${at}]`, `must be one of ${known}`, "scopes.known");
  }
}
