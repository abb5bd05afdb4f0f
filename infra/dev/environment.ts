// The environment of each process of the mesh: the variables that Compose and Kubernetes set too.
import type { CertificateFiles } from "./certificates.ts";
import type { Instance } from "./instances.ts";
import type { PortPlan } from "./port-plan.ts";
import { type ServiceName, services } from "./services.ts";

export interface Surroundings {
  readonly ports: PortPlan;
  readonly certificates: Readonly<Record<ServiceName | "gateway", CertificateFiles>>;
  /** Of gRPC. */
  readonly addresses: Readonly<Record<ServiceName, string>>;
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

/** Of one process of a service, or of the gateway. */
export function environmentOf(instance: Instance, around: Surroundings): NodeJS.ProcessEnv {
  const { program, port } = instance;
  return program === "gateway"
    ? { ...shared(program, around), HTTP_PORT: String(port) }
    : serviceEnvironment(program, instance, around);
}

function serviceEnvironment(
  name: ServiceName,
  { port, metricsPort }: Instance,
  around: Surroundings,
): NodeJS.ProcessEnv {
  const { ports } = around;
  const own: NodeJS.ProcessEnv = {
    ...shared(name, around),
    GRPC_PORT: String(port),
    METRICS_PORT: String(metricsPort),
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
    own.PUBLIC_URL = around.given.PUBLIC_URL || `http://localhost:${ports.gateway}`;
  }
  return own;
}

/** Of this machine and this user, without what is meant for the launcher. */
export function inherited(given: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(given).filter(([name]) => !KEPT_BACK.test(name)));
}

function shared(name: ServiceName | "gateway", around: Surroundings) {
  const { given, certificates } = around;
  const { ca, cert, key } = certificates[name];
  const addresses = services.map((service) => [
    `${service.toUpperCase()}_ADDR`,
    around.addresses[service],
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
