// The environment of each process of the mesh: the variables that Compose and Kubernetes set too.
import type { CertificateFiles } from "./certificates.ts";
import type { PortPlan } from "./port-plan.ts";
import { type ServiceName, services } from "./services.ts";

export interface Surroundings {
  readonly ports: PortPlan;
  readonly certificates: Readonly<Record<ServiceName | "gateway", CertificateFiles>>;
  readonly databaseUrls: Readonly<Record<ServiceName, string>>;
  readonly brokers: string;
  /** STRIPE_SECRET_KEY and what goes with it. */
  readonly stripe: Readonly<Record<string, string>>;
  /** What the launcher was told, by its own environment or by a test. */
  readonly given: NodeJS.ProcessEnv;
}

/** Meant for the launcher, or for one service only: not handed on to all. */
const KEPT_BACK =
  /^(NODE_OPTIONS|DATABASE_URL|KAFKA_BROKERS|SMTP_URL|(STRIPE|TLS)_.*|.*_(PORT|ADDR))$/;

export function serviceEnvironment(name: ServiceName, around: Surroundings): NodeJS.ProcessEnv {
  const { ports } = around;
  const own: NodeJS.ProcessEnv = {
    ...shared(name, around),
    GRPC_PORT: String(ports[name]),
    METRICS_PORT: String(ports[`${name} metrics`]),
    DATABASE_URL: around.databaseUrls[name],
    KAFKA_BROKERS: around.brokers,
    SEED: around.given.SEED ?? "demo",
  };
  if (name === "payment") {
    Object.assign(own, around.stripe);
  }
  if (name === "notification") {
    own.SMTP_URL = around.given.SMTP_URL || `smtp://127.0.0.1:${ports.smtp}`;
    own.MAIL_FROM = around.given.MAIL_FROM || "Tradepost <shop@tradepost.dev>";
  }
  return own;
}

export function gatewayEnvironment(around: Surroundings): NodeJS.ProcessEnv {
  return { ...shared("gateway", around), HTTP_PORT: String(around.ports.gateway) };
}

/** Of this machine and this user, without what is meant for the launcher. */
export function inherited(given: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(given).filter(([name]) => !KEPT_BACK.test(name)));
}

function shared(name: ServiceName | "gateway", { given, ports, certificates }: Surroundings) {
  const { ca, cert, key } = certificates[name];
  const addresses = services.map((service) => [
    `${service.toUpperCase()}_ADDR`,
    `127.0.0.1:${ports[service]}`,
  ]);
  return {
    PROFILE: "dev",
    ...inherited(given),
    ...Object.fromEntries(addresses),
    HOST: "127.0.0.1",
    TLS_CA: ca,
    TLS_CERT: cert,
    TLS_KEY: key,
  };
}
