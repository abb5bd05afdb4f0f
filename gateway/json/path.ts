/** A name or an index on the way to a field. */
export type Step = string | number;

/** `items[0].quantity` */
export function fieldPath(steps: readonly Step[]): string {
  let path = "";
  for (const step of steps) {
    if (typeof step === "number") {
      path += `[${step}]`;
    } else {
      path += path === "" ? step : `.${step}`;
    }
  }
  return path;
}
