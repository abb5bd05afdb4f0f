// A service from its parts: configuration, database, events, gRPC, and a clean end.

import type { Registry } from "prom-client";
import type { z } from "zod";
import type { CheckToken } from "./access.ts";
import { checkByUserService } from "./authentication.ts";
import type { ClientOf } from "./client.ts";
import { openClients } from "./clients.ts";
import {
  BadConfiguration,
  type ConfigOf,
  type Environment,
  readConfig,
  type ServiceConfig,
  serviceShape,
} from "./config.ts";
import { type Db, openDatabase } from "./db.ts";
import { createHealth, databaseProbe, kafkaProbe } from "./health.ts";
import { openHealthPort } from "./health-port.ts";
import { kafkaSecurity } from "./kafka-security.ts";
import { startListening } from "./listening.ts";
import { createLog, type Log } from "./log.ts";
import { createMetrics } from "./metrics.ts";
import { openOperationsPort } from "./operations-port.ts";
import { migrateWhenThere } from "./patience.ts";
import { type Relay, startRelay } from "./relay.ts";
import { type Definition, type Rpcs, startRpcServer } from "./rpc.ts";
import { endWithProcess } from "./shutdown.ts";
import { createStops } from "./stops.ts";
import type { Subscription } from "./subscription.ts";
import { serverCredentials, tlsFiles } from "./tls.ts";

/** What the kit gives a service to build itself with. */
export interface Kit<Shape extends z.ZodRawShape = z.ZodRawShape> {
  readonly name: string;
  readonly config: ServiceConfig & ConfigOf<Shape>;
  readonly db: Db;
  readonly relay: Relay;
  readonly log: Log;
  readonly metrics: Registry;
  readonly profile: ServiceConfig["PROFILE"];
  /** Whether to load the demo data into an empty database. */
  readonly seed: boolean;
  /** A client of another service; made once, connects when first called. */
  client<D extends Definition>(definition: D): ClientOf<D>;
}

export interface Worker {
  start(): void | Promise<void>;
  stop(): void | Promise<void>;
}

export interface Built {
  readonly rpcs: readonly Rpcs[];
  readonly subscriptions?: readonly Subscription[];
  readonly workers?: readonly Worker[];
  /** How tokens are believed; absent: by the keys and revocations of the user service. */
  readonly check?: CheckToken;
}

export interface ServiceOptions<Shape extends z.ZodRawShape = z.ZodRawShape> {
  readonly name: string;
  /** What this service needs of its environment besides what all do. */
  readonly config?: Shape;
  /** Connections in the pool. */
  readonly connections?: number;
  build(kit: Kit<Shape>): Built | Promise<Built>;
}

export interface Running {
  readonly port: number;
  readonly metricsPort: number;
  stop(): Promise<void>;
}

/** Runs a service as this process: until a signal, or until something nobody caught. */
export async function runService<Shape extends z.ZodRawShape>(
  options: ServiceOptions<Shape>,
): Promise<Running> {
  const bootLog = createLog({ service: options.name, level: "info" });
  try {
    return await startService(options, process.env, { asProcess: true });
  } catch (error) {
    if (error instanceof BadConfiguration) {
      bootLog.fatal({ problems: error.problems }, "bad configuration");
      process.exit(2);
    }
    if (error instanceof Error && error.name === "AbortError") {
      // Told to stop while starting: whoever stops also ends the process.
      return new Promise(() => {});
    }
    bootLog.fatal({ err: error }, "cannot start");
    process.exit(1);
  }
}

/** The same without the process's signals, so that a test can start several. */
export async function startService<Shape extends z.ZodRawShape>(
  { name, config: shape, connections, build }: ServiceOptions<Shape>,
  environment: Environment,
  { asProcess = false }: { asProcess?: boolean } = {},
): Promise<Running> {
  const config = readConfig({ ...serviceShape, ...shape }, environment) as Kit<Shape>["config"];
  const tls = tlsFiles(config);
  const { PROFILE: profile, HOST: host, KAFKA_BROKERS: brokers, DATABASE_URL: url } = config;
  const log = createLog({ service: name, level: config.LOG_LEVEL, pretty: config.LOG_PRETTY });
  const metrics = createMetrics(name);
  const stops = createStops(log);
  const isProduction = profile === "production";
  const hardStopMs = isProduction ? 20_000 : 9_000;
  if (asProcess) {
    endWithProcess({ log, stop: stops.run, hardStopMs });
  }

  const db = openDatabase({ url, name, ...(connections && { max: connections }) });
  stops.add("database", () => db.end());
  const health = createHealth({
    probes: { database: databaseProbe(db), kafka: kafkaProbe(brokers) },
  });
  const operations = await openOperationsPort({
    host,
    port: config.METRICS_PORT,
    metrics,
    isAlive: () => true,
    checks: {
      "/health/ready": () => health.isServing,
      "/health/db": () => health.probe("database"),
    },
  });
  stops.add("metrics port", operations.stop);
  const healthPort = await openHealthPort({ host, port: config.HEALTH_PORT, rpcs: health.rpcs });
  stops.add("health port", healthPort.stop);
  await migrateWhenThere({ url, name, log, signal: stops.signal });

  const security = kafkaSecurity(config);
  const relay = startRelay({ name, db, url, brokers, security, log, metrics });
  stops.add("relay", relay.stop);
  const client = openClients(config, tls, name);
  stops.add("clients", client.close);
  const kit: Kit<Shape> = {
    name,
    config,
    db,
    relay,
    log,
    metrics,
    profile,
    seed: config.SEED === "demo",
    client: client.of,
  };
  const { rpcs: own, subscriptions = [], workers = [], check } = await build(kit);
  for (const worker of workers) {
    await worker.start();
    stops.add("worker", async () => worker.stop());
  }
  const listening = startListening({
    service: name,
    db,
    brokers,
    security,
    subscriptions,
    log,
    metrics,
    onCommitted: relay.wake,
  });
  stops.add("consumers", listening.stop);
  const people = check ? undefined : checkByUserService({ config, log, client: client.of });
  stops.add("revocations", async () => people?.stop());

  const rpcs = [...own, listening.rpcs];
  for (const [definition] of rpcs) {
    health.name(definition.fullName);
  }
  const server = await startRpcServer({
    rpcs,
    open: [health.rpcs, ...(isProduction ? [] : [await reflection(rpcs)])],
    host,
    port: config.GRPC_PORT,
    credentials: serverCredentials(tls),
    isPlaintext: tls === undefined,
    check: check ?? (people as NonNullable<typeof people>).check,
    metrics,
    log,
  });
  stops.add("server", () => server.stop(hardStopMs - 3_000));
  stops.add("health", async () => {
    health.setServing(false);
    await stops.wait(config.SHUTDOWN_DELAY_MS ?? (isProduction ? 5_000 : 0));
  });
  health.setServing(true);
  log.info({ port: server.port, metricsPort: operations.port }, "ready");
  return { port: server.port, metricsPort: operations.port, stop: stops.run };
}

/** grpcurl's way in; not in production, and not loaded there. */
async function reflection(rpcs: readonly Rpcs[]): Promise<Rpcs> {
  const { reflectionRpcs } = await import("./reflection.ts");
  return reflectionRpcs(rpcs.map(([definition]) => definition.fullName));
}
