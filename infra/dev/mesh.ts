// The whole mesh on this machine: what `npm start` runs, and what end-to-end tests stand on.
import { join } from "node:path";
import { ensureCertificates } from "./certificates.ts";
import { type Claim, claim, endLeftovers } from "./claim.ts";
import { type Crew, openCrew, type StartProcess } from "./crew.ts";
import { environmentOf, type Surroundings } from "./environment.ts";
import { emptyFolder, openLogs } from "./folder.ts";
import { addressOfAll, type Instance, planInstances } from "./instances.ts";
import { openDatabases } from "./mesh-databases.ts";
import { edge, stripeVariables } from "./mesh-edge.ts";
import type { Mesh, MeshOptions } from "./mesh-handle.ts";
import { openKafka, whyNoKafka } from "./mesh-kafka.ts";
import { readiness } from "./mesh-readiness.ts";
import { startNode } from "./node-process.ts";
import { neededPorts, planPorts, refuseTakenPorts } from "./port-plan.ts";
import { ensureStripeSecrets } from "./secrets.ts";
import { type ServiceName, services } from "./services.ts";
import { seenFrom } from "./standpoint.ts";

export type { Mesh, MeshOptions } from "./mesh-handle.ts";

const IDENTITIES = [...services, "gateway", "operator"] as const;

/** Resolves when all but Kafka is ready: nothing waits for Kafka. */
export async function startMesh(options: MeshOptions): Promise<Mesh> {
  const claimed = await claim(options.dir);
  const crew = openCrew(claimed, options.say ?? (() => {}));
  try {
    return await raise(options, claimed, crew);
  } catch (error) {
    await crew.stop();
    await claimed.release();
    throw error;
  }
}

async function raise(options: MeshOptions, claimed: Claim, crew: Crew): Promise<Mesh> {
  const { dir, say = () => {}, signal } = options;
  const begun = performance.now();
  const given: NodeJS.ProcessEnv = { ...process.env, ...options.env };
  const has = (name: string) => options.only?.includes(name) ?? true;

  const wanted = (options.kafka ?? true) && has("kafka");
  const missing = given.KAFKA_BROKERS ? "" : await whyNoKafka(wanted);
  await Promise.all(["postgres", "kafka"].map((name) => endLeftovers(join(dir, name))));
  const ports = await planPorts(options.ports, given);
  await refuseTakenPorts(ports, neededPorts(given, has, missing === "" && !given.KAFKA_BROKERS));
  if (options.fresh) {
    await emptyFolder(dir);
  }
  const logOf = await openLogs(dir);
  const certificates = await ensureCertificates(join(dir, "certs"), IDENTITIES);
  const stripe = stripeVariables(given, ports, await ensureStripeSecrets(dir));
  const watch = (name: string, start: StartProcess) => crew.watch(name, "server", start);

  const kafka = openKafka({ dir, ports, given, say, log: logOf("kafka"), watch }, missing);
  const starting: Promise<void>[] = [];
  if (has("edge")) {
    const start = edge({ dir, given, ports, stripe, log: logOf("edge") });
    starting.push(crew.watch("edge", "guard", start).start());
  }
  const log = logOf("postgres");
  const databases = { dir, given, log, port: ports.postgres, watch };
  const [databaseUrls] = await Promise.all([openDatabases(databases), ...starting]);
  signal?.throwIfAborted();

  const { brokers } = kafka;
  const instances = await planInstances(options.instances ?? 1, ports);
  const addresses = addressesOf(instances);
  const around: Surroundings = {
    ports,
    certificates,
    addresses,
    databaseUrls,
    brokers,
    stripe,
    given,
  };
  for (const instance of instances.filter(({ program }) => has(program))) {
    const { name, program } = instance;
    const seen = await seenFrom(instance, instances, around, options.between);
    const script = program === "gateway" ? "gateway/main.js" : `services/${program}/main.js`;
    const process = { env: environmentOf(instance, seen), log: logOf(name) };
    const start: StartProcess = (_, spawned) =>
      startNode(
        script,
        { ...process, home: options.home?.(name), flags: options.flags?.(name) },
        spawned,
      );
    await crew.watch(name, "service", start).start();
  }

  const { members } = crew;
  const { ready, readyMs, all } = readiness({
    ports,
    instances,
    certificates,
    members,
    begun,
    logOf,
    signal,
    onReady: options.onReady,
    hasSandbox: !given.STRIPE_SECRET_KEY,
  });
  void kafka.ready.then((isReady) => {
    if (isReady) {
      readyMs.kafka = Math.round(performance.now() - begun);
      options.onReady?.("kafka", readyMs.kafka);
    }
  });
  await all();

  return {
    dir,
    certificates,
    databaseUrls,
    kafka,
    processes: members,
    ready,
    readyMs,
    gatewayUrl: `http://127.0.0.1:${ports.gateway}`,
    gatewayUrls: portsOf(instances, "gateway").map((port) => `http://127.0.0.1:${port}`),
    addresses,
    stripe: {
      url: given.STRIPE_SECRET_KEY ? "" : `http://127.0.0.1:${ports.stripe}`,
      secretKey: stripe.STRIPE_SECRET_KEY ?? "",
    },
    mail: { url: `http://127.0.0.1:${ports.mail}` },
    stopKafka: kafka.stop,
    startKafka: kafka.restart,
    async stop() {
      await crew.stop();
      await claimed.release();
    },
  };
}

function addressesOf(instances: readonly Instance[]): Record<ServiceName, string> {
  const addresses = services.map((name) => [name, addressOfAll(portsOf(instances, name))]);
  return Object.fromEntries(addresses) as Record<ServiceName, string>;
}

function portsOf(instances: readonly Instance[], wanted: Instance["program"]): number[] {
  return instances.filter(({ program }) => program === wanted).map(({ port }) => port);
}
