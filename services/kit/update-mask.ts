// What an update is to change: the fields that its mask names, or without a mask those that are set.
import { invalidField } from "./errors.ts";

/** Whether a field is to be changed. An empty mask is none. */
export function meantBy(
  mask: readonly string[] = [],
  fields: readonly string[],
): (field: string, isSet: boolean) => boolean {
  const paths = mask.includes("*") ? fields : mask;
  checkPaths(paths, fields, "field_mask");
  return (field, isSet) => (paths.length > 0 ? paths.includes(field) : isSet);
}

/** INVALID_FIELD, of that rule, for a path that is none of the fields. */
export function checkPaths(
  paths: readonly string[],
  fields: readonly string[],
  rule: string,
): void {
  const unknown = paths.find((path) => !fields.includes(path));
  if (unknown !== undefined) {
    throw invalidField("updateMask", `${unknown} cannot be changed`, rule);
  }
}
