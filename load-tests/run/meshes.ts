/** Which mesh a script talks to: one that runs, or one that is started for it. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Mesh, startMesh } from "../../infra/dev/mesh.ts";
import { planPorts } from "../../infra/dev/port-plan.ts";
import { root } from "../../infra/dev/root.ts";
import { type ServiceName, services } from "../../infra/dev/services.ts";

/** The variables by which a script finds its mesh. */
export type Where = Readonly<Record<string, string>>;

/** Nothing answers where a mesh should be. */
export class NoMesh extends Error {
  override readonly name = "NoMesh";
}

const ANSWER_MS = 3_000;

/** The one that BASE_URL names, or that of `npm start`. */
export async function runningMesh(environment: NodeJS.ProcessEnv): Promise<Where> {
  const ports = await planPorts("fixed", environment);
  const url = environment.BASE_URL || `http://127.0.0.1:${ports.gateway}`;
  for (const one of url.split(",")) {
    const signal = AbortSignal.timeout(ANSWER_MS);
    const answer = await fetch(`${one}/health/ready`, { signal }).catch(() => undefined);
    if (!answer?.ok) {
      throw new NoMesh(
        `no mesh answers at ${one}: start one with npm start, name one by BASE_URL, or give --own-mesh`,
      );
    }
  }
  const dir = environment.TRADEPOST_DIR || join(root, ".tradepost");
  const addresses = services.map((name) => [name, `127.0.0.1:${ports[name]}`] as const);
  const dev = addressVariables(Object.fromEntries(addresses) as Record<ServiceName, string>);
  return { CERTS: join(dir, "certs"), ...dev, BASE_URL: url, ...given(environment) };
}

/** What who starts a script has said of its services goes before the dev mesh's ports. */
function given(environment: NodeJS.ProcessEnv): Where {
  const names = ["CERTS", ...services.map((name) => `${name.toUpperCase()}_ADDR`)];
  const set = names.flatMap((name) => (environment[name] ? [[name, environment[name]]] : []));
  return Object.fromEntries(set);
}

export interface OwnMesh {
  readonly mesh: Mesh;
  readonly where: Where;
  stop(): Promise<void>;
}

/** On free ports, in a folder of its own, with fresh demo data and Kafka; the caller stops it. */
export async function ownMesh(
  instances = 1,
  env: Readonly<Record<string, string>> = {},
): Promise<OwnMesh> {
  const dir = await mkdtemp(join(tmpdir(), "tradepost-load-"));
  // A server that had to be killed may still be writing for a moment.
  const clear = () => rm(dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
  try {
    const quiet = { LOG_LEVEL: "warn", ...env };
    const mesh = await startMesh({ dir, ports: "free", instances, env: quiet });
    const stop = async () => {
      await mesh.stop();
      await clear();
    };
    await mesh.ready("kafka").catch(async (error) => {
      await stop();
      throw error;
    });
    return { mesh, where: whereIs(mesh), stop };
  } catch (error) {
    await clear();
    throw error;
  }
}

function whereIs(mesh: Mesh): Where {
  return {
    BASE_URL: mesh.gatewayUrls.join(","),
    CERTS: dirname(mesh.certificates.operator.ca),
    ...addressVariables(mesh.addresses),
  };
}

function addressVariables(addresses: Readonly<Record<ServiceName, string>>): Where {
  const named = services.map((name) => [`${name.toUpperCase()}_ADDR`, addresses[name]] as const);
  return Object.fromEntries(named);
}
