// What a process is told by its environment: one reading for services and gateway.
import { z } from "zod";

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

const addresses = {
  USER_ADDR: address.optional(),
  PRODUCT_ADDR: address.optional(),
  ORDER_ADDR: address.optional(),
  PAYMENT_ADDR: address.optional(),
  NOTIFICATION_ADDR: address.optional(),
  ANALYTICS_ADDR: address.optional(),
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
  PROFILE: z.enum(["dev", "test", "production"]).default("production"),
  HOST: z.string().min(1).default("0.0.0.0"),
  ...addresses,
  TLS_CA: z.string().optional(),
  TLS_CERT: z.string().optional(),
  TLS_KEY: z.string().optional(),
  PLAINTEXT: z.enum(["allow", "deny"]).default("deny"),
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
  LOG_PRETTY: flag.default(false),
  JWT_ISSUER: z.string().min(1).default("https://tradepost.dev"),
  JWT_AUDIENCE: z.string().min(1).default("tradepost"),
  ACCESS_TOKEN_SECONDS: z.coerce.number().int().min(60).max(900).default(900),
  /** How long a stopping server waits for its address to be forgotten; production's default is 5 s. */
  SHUTDOWN_DELAY_MS: z.coerce.number().int().min(0).max(15_000).optional(),
};

/** What every service has besides. */
export const serviceShape = {
  ...commonShape,
  GRPC_PORT: port.default(50_051),
  METRICS_PORT: port.default(51_051),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: "must be a postgresql:// address" }),
  /** Empty: events wait in the outbox, consumers are idle. */
  KAFKA_BROKERS: z
    .string()
    .regex(/^[^\s,:]+:\d{1,5}(,[^\s,:]+:\d{1,5})*$/, "must be host:port,host:port")
    .default(""),
  SEED: z.enum(["demo"]).optional(),
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
  problems.push(...transportProblems(given));
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
