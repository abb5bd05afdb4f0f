// grpc.health.v1: "" and each service by name, and what stands behind them under names of its own.
import { connect } from "node:net";
import { HealthDefinition } from "nice-grpc-server-health";
import type { Db } from "./db.ts";
import type { Rpcs } from "./rpc.ts";
import { Code, ServerError } from "./status.ts";

/** Says whether something answers now; `/health/services` of the gateway asks each second at most. */
export type Probe = () => Promise<boolean>;

export interface Health {
  readonly rpcs: Rpcs;
  readonly isServing: boolean;
  /** A service that is asked for by its name. */
  name(service: string): void;
  setServing(isServing: boolean): void;
  probe(name: string): Promise<boolean>;
}

/** grpc.health.v1.HealthCheckResponse.ServingStatus */
const SERVING = 1;
const NOT_SERVING = 2;
const SERVICE_UNKNOWN = 3;

export interface HealthOptions {
  /** By name: `database`, `kafka`. */
  readonly probes: Readonly<Record<string, Probe>>;
}

export function createHealth({ probes }: HealthOptions): Health {
  const names = new Set([""]);
  const cached = new Map(Object.entries(probes).map(([name, probe]) => [name, shared(probe)]));
  const listeners = new Set<() => void>();
  let isServing = false;

  async function statusOf(name: string): Promise<number> {
    const probe = cached.get(name);
    if (!probe && !names.has(name)) {
      return SERVICE_UNKNOWN;
    }
    return (probe ? await probe() : isServing) ? SERVING : NOT_SERVING;
  }

  const handlers = {
    async check({ service }: { service: string }) {
      const status = await statusOf(service);
      if (status === SERVICE_UNKNOWN) {
        throw new ServerError(Code.NOT_FOUND, `no service ${service}`);
      }
      return { status };
    },
    /** Ends when the server stops serving, so that nobody is waited for. */
    async *watch({ service }: { service: string }, { signal }: { signal: AbortSignal }) {
      let last: number | undefined;
      while (!signal.aborted) {
        const status = await statusOf(service);
        if (status !== last) {
          last = status;
          yield { status };
        }
        if (status === NOT_SERVING && names.has(service)) {
          return;
        }
        await changed(listeners, signal);
      }
    },
  };

  return {
    rpcs: [HealthDefinition as never, handlers],
    get isServing() {
      return isServing;
    },
    name: (service) => void names.add(service),
    setServing(value) {
      isServing = value;
      for (const wake of listeners) {
        wake();
      }
    },
    probe: (name) => cached.get(name)?.() ?? Promise.resolve(false),
  };
}

function changed(listeners: Set<() => void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      listeners.delete(wake);
      signal.removeEventListener("abort", wake);
      resolve();
    };
    listeners.add(wake);
    signal.addEventListener("abort", wake, { once: true });
  });
}

const keptMs = 1_000;

/** Asked by many, probed once a second. */
function shared(probe: Probe): Probe {
  let last: { at: number; answer: Promise<boolean> } | undefined;
  return () => {
    if (!last || Date.now() - last.at > keptMs) {
      last = { at: Date.now(), answer: probe().catch(() => false) };
    }
    return last.answer;
  };
}

export function databaseProbe(db: Db): Probe {
  return async () => {
    await db.query({ name: "kit.health", text: "select 1" });
    return true;
  };
}

/** Any broker that takes a connection will do; no brokers is no health. */
export function kafkaProbe(brokers: string): Probe {
  const addresses = brokers.split(",").filter(Boolean);
  return async () => {
    const answers = await Promise.all(addresses.map((address) => takesConnection(address)));
    return answers.includes(true);
  };
}

function takesConnection(address: string): Promise<boolean> {
  const [host = "", port] = address.split(/:(?=\d+$)/);
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port) });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(500, () => end(false));
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
  });
}
