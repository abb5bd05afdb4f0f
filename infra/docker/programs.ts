// What the image can be: every process of the mesh, and Stripe's stand-in for development.
import { extname } from "node:path";
import { services } from "../dev/services.ts";

const programs: Readonly<Record<string, string>> = {
  ...Object.fromEntries(services.map((name) => [name, `services/${name}/main`])),
  gateway: "gateway/main",
  "stripe-sandbox": "infra/stripe-sandbox/main",
};

export const programNames = Object.keys(programs);

/** The module that SERVICE names, from the source or from dist/. */
export function programOf(service: string | undefined): URL | undefined {
  const path = service && Object.hasOwn(programs, service) && programs[service];
  return path ? new URL(`../../${path}${extname(import.meta.url)}`, import.meta.url) : undefined;
}
