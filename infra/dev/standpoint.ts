// What one process is told of where the others are. A test may put something between any two.
import type { Surroundings } from "./environment.ts";
import { addressOfAll, type Instance } from "./instances.ts";
import { type ServiceName, services } from "./services.ts";

/** Where `from` is to find what listens at `port` of 127.0.0.1. */
export type Between = (from: string, to: string, port: number) => Promise<number>;

/** The surroundings as `from` is to see them. */
export async function seenFrom(
  from: Instance,
  instances: readonly Instance[],
  around: Surroundings,
  between: Between | undefined,
): Promise<Surroundings> {
  if (!between) {
    return around;
  }
  const through = async (to: string, url: string) => {
    const changed = new URL(url);
    changed.port = String(await between(from.name, to, Number(changed.port)));
    return changed.href.replace(/\/$/, "");
  };
  const addresses = services.map(async (service) => {
    const those = instances.filter(({ program }) => program === service);
    const ports = those.map(({ name, port }) => between(from.name, name, port));
    return [service, addressOfAll(await Promise.all(ports))] as const;
  });
  const known = { addresses: Object.fromEntries(await Promise.all(addresses)) } as Pick<
    Surroundings,
    "addresses"
  >;
  if (from.program === "gateway") {
    return { ...around, ...known };
  }
  const { databaseUrls, brokers, stripe } = around;
  const database = await through("postgres", databaseUrls[from.program]);
  const kafka = brokers ? await through("kafka", `http://${brokers}`) : "";
  const { STRIPE_API_BASE: base } = stripe;
  const provider = from.program === "payment" && base ? await through("stripe", base) : base;
  return {
    ...around,
    ...known,
    databaseUrls: { ...databaseUrls, [from.program]: database } as Record<ServiceName, string>,
    brokers: kafka.replace("http://", ""),
    stripe: provider ? { ...stripe, STRIPE_API_BASE: provider } : stripe,
  };
}
