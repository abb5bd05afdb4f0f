// Which processes run the services and the gateway: one of each, or several where a test wants it.
import type { PortPlan } from "./port-plan.ts";
import { freePorts } from "./ports.ts";
import { type ServiceName, services } from "./services.ts";

export interface Instance {
  /** `order`, `order-2` … */
  readonly name: string;
  readonly program: ServiceName | "gateway";
  readonly port: number;
  /** The gateway has its metrics on its own port. */
  readonly metricsPort: number;
}

/** The first of each at the planned port, the others at free ones. */
export async function planInstances(count: number, ports: PortPlan): Promise<readonly Instance[]> {
  const programs = [...services, "gateway"] as const;
  const more = await freePorts((count - 1) * programs.length * 2);
  const another = () => more.pop() as number;
  return programs.flatMap((program) =>
    Array.from({ length: count }, (_, index): Instance => {
      if (index > 0) {
        const name = `${program}-${index + 1}`;
        return { name, program, port: another(), metricsPort: another() };
      }
      const metricsPort = program === "gateway" ? ports.gateway : ports[`${program} metrics`];
      return { name: program, program, port: ports[program], metricsPort };
    }),
  );
}

/** As a gRPC client takes it: calls go to all of them in turn. */
export function addressOfAll(listening: readonly number[]): string {
  const all = listening.map((port) => `127.0.0.1:${port}`).join(",");
  return listening.length > 1 ? `ipv4:${all}` : all;
}
