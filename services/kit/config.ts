// What a process is told by its environment: one reading for services and gateway.
import { z } from "zod";
import { kafkaProblems, kafkaSecurityShape } from "./kafka-security.ts";

/** Said of a variable's value that is wrong; a service's own shape uses zod's messages likewise. */
const port = z.coerce.number().int().min(0).max(65_535);

const flag = z
  .enum(["0", "1", "true", "false"])
  .transform((value) => value === "1" || value === "true");

/** `host:port`, `dns:///name:port` for all that stand behind a name, or several addresses. */
const address = z
  .string()
  .regex(
    /^((dns:\/\/\/)?[^\s:/,]+:\d{1,5}|ipv4:[\d.]+:\d{1,5}(,[\d.]+:\d{1,5})*)$/,
    "must be host:port, dns:///name:port or ipv4:a.b.c.d:port,a.b.c.d:port",
  );

const databaseUrl = z.url({
  protocol: /^postgres(ql)?$/,
  error: "must be a postgresql:// address",
});

const addressOfThe = (service: string) =>
  address
    .optional()
    .describe(`The ${service} service: host:port, or dns:///name:port for all behind a name.`);

const addresses = {
  USER_ADDR: addressOfThe("user"),
  PRODUCT_ADDR: addressOfThe("product"),
  ORDER_ADDR: addressOfThe("order"),
  PAYMENT_ADDR: addressOfThe("payment"),
  NOTIFICATION_ADDR: addressOfThe("notification"),
  ANALYTICS_ADDR: addressOfThe("analytics"),
};

/** The dev mesh's ports; elsewhere a service's name is its host. */
const devPorts: Readonly<Record<string, number>> = {
  user: 50_051,
  product: 50_052,
  order: 50_053,
  payment: 50_054,
  notification: 50_055,
  analytics: 50_056,
};

/** What services and gateway share. */
export const commonShape = {
  PROFILE: z
    .enum(["dev", "test", "production"])
    .default("production")
    .describe("dev: demo shortcuts, and no TLS unless it is set."),
  HOST: z.string().min(1).default("0.0.0.0").describe("The address to listen on."),
  ...addresses,
  TLS_CA: z.string().optional().describe("PEM file of mTLS; all three or none."),
  TLS_CERT: z.string().optional().describe("PEM file; read again each minute."),
  TLS_KEY: z.string().optional().describe("PEM file; read again each minute."),
  PLAINTEXT: z
    .enum(["allow", "deny"])
    .default("deny")
    .describe("Production without TLS, as behind a service mesh that has it."),
  LOG_LEVEL: z
    .enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"])
    .default("info")
    .describe("What is logged: this, and what is worse."),
  LOG_PRETTY: flag.default(false).describe("Coloured lines, where a person looks on."),
  JWT_ISSUER: z
    .string()
    .min(1)
    .default("https://tradepost.dev")
    .describe("`iss` of access tokens; the same for all."),
  JWT_AUDIENCE: z
    .string()
    .min(1)
    .default("tradepost")
    .describe("`aud` of access tokens; the same for all."),
  ACCESS_TOKEN_SECONDS: z.coerce
    .number()
    .int()
    .min(60)
    .max(900)
    .default(900)
    .describe("How long an access token is good for."),
  SHUTDOWN_DELAY_MS: z.coerce
    .number()
    .int()
    .min(0)
    .max(15_000)
    .optional()
    .describe(
      "How long a stopping server waits for its address to be forgotten; production: 5000.",
    ),
};

/** What every service has besides. */
export const serviceShape = {
  ...commonShape,
  GRPC_PORT: port
    .default(50_051)
    .describe("For the gateway and the other services; 0: a free one."),
  METRICS_PORT: port.default(51_051).describe("/metrics, /health and /health/db over HTTP."),
  HEALTH_PORT: port
    .optional()
    .describe("gRPC health without TLS, for a kubelet, which has no certificate; absent: none."),
  DATABASE_URL: databaseUrl.describe("The service's own database, with a role of its own."),
  KAFKA_BROKERS: z
    .string()
    .regex(/^[^\s,:]+:\d{1,5}(,[^\s,:]+:\d{1,5})*$/, "must be host:port,host:port")
    .default("")
    .describe("host:port,host:port; empty: events wait in the outbox, consumers are idle."),
  ...kafkaSecurityShape,
  SEED: z.enum(["demo"]).optional().describe("Demo data into an empty database."),
};

/** What a service has besides whose lists a replica may serve: lists.ts says which those are. */
export const replicaShape = {
  DATABASE_REPLICA_URL: databaseUrl
    .optional()
    .describe("A streaming replica of DATABASE_URL's; absent: the primary serves all."),
};

export type Environment = Readonly<Record<string, string | undefined>>;
export type ConfigOf<Shape extends z.ZodRawShape> = Readonly<z.output<z.ZodObject<Shape>>>;
export type CommonConfig = ConfigOf<typeof commonShape>;
export type ServiceConfig = ConfigOf<typeof serviceShape>;

/** Names every wrong variable at once. */
export class BadConfiguration extends Error {
  override readonly name = "BadConfiguration";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`bad configuration: ${problems.join("; ")}`);
    this.problems = problems;
  }
}

/** An empty variable counts as absent: that is how Compose passes on what is not set. */
export function readConfig<Shape extends z.ZodRawShape>(
  shape: Shape,
  environment: Environment = process.env,
): ConfigOf<Shape> {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value));
  const parsed = z.object(shape).safeParse(given);
  const problems = parsed.success
    ? []
    : parsed.error.issues.map((issue) => {
        const name = issue.path.join(".");
        return `${name}: ${given[name] === undefined ? "is missing" : issue.message}`;
      });
  if ("TLS_CA" in shape) {
    problems.push(...transportProblems(given));
  }
  if ("KAFKA_TLS" in shape) {
    problems.push(...kafkaProblems(given));
  }
  if (!parsed.success || problems.length > 0) {
    throw new BadConfiguration(problems);
  }
  return parsed.data as ConfigOf<Shape>;
}

function transportProblems(given: Environment): string[] {
  const files = ["TLS_CA", "TLS_CERT", "TLS_KEY"];
  const missing = files.filter((name) => !given[name]);
  if (missing.length === 0) {
    return [];
  }
  if (missing.length < files.length) {
    return missing.map((name) => `${name}: is missing, and the other two TLS files are set`);
  }
  const isProduction = (given.PROFILE ?? "production") === "production";
  return isProduction && given.PLAINTEXT !== "allow"
    ? ["TLS_CA, TLS_CERT, TLS_KEY: needed in production, unless PLAINTEXT=allow"]
    : [];
}

/** Where a service is: `order` → ORDER_ADDR, or where the profile expects it. */
export function addressOf(config: CommonConfig, service: string): string {
  const name = `${service.toUpperCase()}_ADDR` as keyof typeof addresses;
  const given = config[name];
  if (given) {
    return given;
  }
  return config.PROFILE === "production"
    ? `dns:///${service}:50051`
    : `127.0.0.1:${devPorts[service] ?? 50_051}`;
}

/** `tradepost.order.v1.OrderService` → `order`. */
export function serviceOf(typeName: string): string {
  const [, name] = typeName.split(".");
  if (!name) {
    throw new Error(`${typeName} is not of the form tradepost.<service>.v1.<name>`);
  }
  return name;
}
