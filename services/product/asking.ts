import { type Call, hasRole } from "#kit/call.ts";

/** Who asks, as the rules about ownership see them. */
export function asOwner({ caller }: Call): { readonly userId: string; readonly isAdmin: boolean } {
  return { userId: caller.userId, isAdmin: hasRole(caller, "ADMIN") };
}
