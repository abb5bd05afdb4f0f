/** One instance after another, as a cluster does it. */
import type { Mesh } from "../../infra/dev/mesh.ts";
import type { Balancer } from "./balancer.ts";
import { eventually } from "./rest.ts";

const SERVERS = ["postgres", "kafka", "edge"];

/** Of the services and the gateway. */
export function instancesOf(mesh: Mesh): readonly string[] {
  return Object.keys(mesh.processes).filter((name) => !SERVERS.includes(name));
}

/** Asked to stop, brought back, ready and known to be before the next one's turn. */
export async function replace(mesh: Mesh, gateways: Balancer, name: string): Promise<void> {
  const before = mesh.processes[name]?.restartCount ?? 0;
  mesh.processes[name]?.signal("SIGTERM");
  await eventually(
    async () => mesh.processes[name]?.restartCount ?? 0,
    (count) => count > before,
    30_000,
  );
  await mesh.ready(name);
  await gateways.seesAll();
}
