import type { CertificateFiles } from "./certificates.ts";
import type { Instance } from "./instances.ts";
import type { MeshOptions } from "./mesh-handle.ts";
import type { PortPlan } from "./port-plan.ts";
import { answers, isOk, isServing, until } from "./readiness.ts";
import type { Supervised } from "./supervisor.ts";

const READY_MS = 60_000;

export interface ReadinessOptions {
  readonly ports: PortPlan;
  readonly instances: readonly Instance[];
  readonly certificates: Readonly<Record<"operator", CertificateFiles>>;
  readonly members: Readonly<Record<string, Supervised>>;
  /** performance.now() of the mesh's start */
  readonly begun: number;
  readonly signal: AbortSignal | undefined;
  readonly onReady: MeshOptions["onReady"];
  readonly hasSandbox: boolean;
  logOf(name: string): string;
}

/** When each process answers, told by asking it. */
export function readiness(options: ReadinessOptions) {
  const { ports, certificates, members, begun, onReady, hasSandbox, logOf } = options;
  const readyMs: Record<string, number> = {};

  async function check(name: string): Promise<boolean> {
    const instance = options.instances.find((one) => one.name === name);
    if (instance) {
      return instance.program === "gateway"
        ? isOk(`http://127.0.0.1:${instance.port}/health/ready`)
        : isServing(`127.0.0.1:${instance.port}`, certificates.operator);
    }
    switch (name) {
      case "edge": {
        const sandbox = !hasSandbox || (await answers(`http://127.0.0.1:${ports.stripe}/`));
        return sandbox && (await answers(`http://127.0.0.1:${ports.mail}/mails?limit=1`));
      }
      default:
        return members[name]?.pid !== undefined;
    }
  }

  async function ready(name: string): Promise<void> {
    const failure = () => members[name]?.failure;
    const timeout = AbortSignal.timeout(READY_MS);
    const signal = AbortSignal.any([timeout, ...(options.signal ? [options.signal] : [])]);
    await until(async () => failure() !== undefined || (await check(name)), signal).catch(
      (error) => {
        const seconds = READY_MS / 1_000;
        throw timeout.aborted
          ? new Error(`${name} is not ready after ${seconds} s: see ${logOf(name)}`)
          : error;
      },
    );
    const failed = failure();
    if (failed) {
      throw new Error(`${failed}: see ${logOf(name)}`);
    }
  }

  return {
    readyMs,
    ready,
    /** Of all that run but Kafka. */
    async all(): Promise<void> {
      const names = Object.keys(members).filter((name) => name !== "kafka");
      await Promise.all(
        names.map(async (name) => {
          await ready(name);
          readyMs[name] = Math.round(performance.now() - begun);
          onReady?.(name, readyMs[name]);
        }),
      );
    },
  };
}
