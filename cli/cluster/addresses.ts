// Where a person finds what runs in a cluster: at ports of this machine, while they are forwarded.
import { type Cluster, inMesh } from "./cluster.ts";
import { ask } from "./runner.ts";
import type { Command } from "./step.ts";

export interface Address {
  readonly name: string;
  readonly url: string;
  /** Leads there from this machine for as long as it runs. */
  readonly command: Command;
}

/** What is read of a Service as kubectl shows it. */
interface Service {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly ports: readonly { readonly name?: string; readonly port: number }[] };
}

/** By the names of their services, at the ports that they have on this machine in development. */
const PAGES: readonly (readonly [name: string, service: string, port: number])[] = [
  ["gateway", "gateway", 8080],
  ["Grafana", "grafana", 3000],
  ["Prometheus", "prometheus", 9090],
  ["Jaeger", "jaeger", 16_686],
  ["Kafka page", "kafka-page", 8888],
];

/** Of those that are in the cluster: an overlay need not have them all. */
export async function addressesIn(cluster: Cluster): Promise<readonly Address[]> {
  const listed = await ask(inMesh(cluster, "get", "services", "--output", "json"));
  const { items } = JSON.parse(listed) as { items: readonly Service[] };
  return PAGES.flatMap(([name, service, port]) => {
    const found = items.find(({ metadata }) => metadata.name === service);
    const ways = found && `${port}:${portOf(found, port)}`;
    return ways
      ? [
          {
            name,
            url: `http://localhost:${port}`,
            command: inMesh(cluster, "port-forward", `service/${service}`, ways),
          },
        ]
      : [];
  });
}

/** Of several, that of the page. */
function portOf({ spec: { ports } }: Service, wanted: number): number {
  const [first] = ports;
  const own =
    ports.find(({ port }) => port === wanted) ?? ports.find(({ name }) => name === "http");
  return (own ?? first)?.port ?? wanted;
}
