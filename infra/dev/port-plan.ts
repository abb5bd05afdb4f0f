// Which ports the mesh listens at, and by which variables they are set.
import { portHolder } from "./port-holder.ts";
import { freePorts, isFree } from "./ports.ts";
import { type ServiceName, services } from "./services.ts";

type ServicePort = `${ServiceName}` | `${ServiceName} metrics`;

type PortName =
  | "gateway"
  | ServicePort
  | "postgres"
  | "kafka"
  | "kafka controller"
  | "stripe"
  | "smtp"
  | "mail";

export type PortPlan = Readonly<Record<PortName, number>>;

interface Setting {
  readonly name: PortName;
  readonly variable: string;
  readonly port: number;
}

const settings: readonly Setting[] = [
  { name: "gateway", variable: "HTTP_PORT", port: 8080 },
  ...services.flatMap((name, index): Setting[] => [
    { name, variable: `${name.toUpperCase()}_PORT`, port: 50_051 + index },
    {
      name: `${name} metrics`,
      variable: `${name.toUpperCase()}_METRICS_PORT`,
      port: 51_051 + index,
    },
  ]),
  { name: "postgres", variable: "POSTGRES_PORT", port: 54_329 },
  { name: "kafka", variable: "KAFKA_PORT", port: 9094 },
  { name: "kafka controller", variable: "KAFKA_CONTROLLER_PORT", port: 9095 },
  { name: "stripe", variable: "STRIPE_PORT", port: 12_111 },
  { name: "smtp", variable: "SMTP_PORT", port: 1025 },
  { name: "mail", variable: "MAIL_PORT", port: 8025 },
];

/** Nothing has been started when this is thrown. */
class PortsTaken extends Error {
  override readonly name = "PortsTaken";
}

export async function planPorts(kind: "fixed" | "free", environment: NodeJS.ProcessEnv) {
  const ports =
    kind === "free"
      ? await freePorts(settings.length)
      : settings.map(({ variable, port }) => read(variable, port, environment));
  return Object.fromEntries(settings.map(({ name }, at) => [name, ports[at]])) as PortPlan;
}

/** Those that this mesh will listen at. */
export function neededPorts(
  given: NodeJS.ProcessEnv,
  has: (process: string) => boolean,
  ownKafka: boolean,
): PortName[] {
  const names = settings.map(({ name }) => name);
  return names.filter((name) => {
    switch (name) {
      case "postgres":
        return !given.DATABASE_URL;
      case "kafka":
      case "kafka controller":
        return ownKafka;
      case "stripe":
        return has("edge") && !given.STRIPE_SECRET_KEY;
      case "smtp":
      case "mail":
        return has("edge");
      default:
        return has(name.replace(" metrics", ""));
    }
  });
}

/** Throws when any of them is taken, with who has it and what to set. */
export async function refuseTakenPorts(plan: PortPlan, needed: readonly PortName[]): Promise<void> {
  const lines: string[] = [];
  for (const { name, variable } of settings.filter((setting) => needed.includes(setting.name))) {
    const port = plan[name];
    if (!(await isFree(port))) {
      const holder = (await portHolder(port)) ?? "another program";
      lines.push(`port ${port} for ${name} is taken by ${holder}: stop it, or set ${variable}`);
    }
  }
  if (lines.length > 0) {
    throw new PortsTaken(lines.join("\n"));
  }
}

function read(variable: string, port: number, environment: NodeJS.ProcessEnv): number {
  const given = environment[variable];
  if (!given) {
    return port;
  }
  const number = Number(given);
  if (!Number.isInteger(number) || number < 1 || number > 65_535) {
    throw new PortsTaken(`${variable} is ${given}: it must be a port, 1 to 65535`);
  }
  return number;
}
