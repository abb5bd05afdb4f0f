/** What is done to the mesh, as the run remembers it. */
import type { Mesh } from "../../infra/dev/mesh.ts";
import type { Edges } from "./edges.ts";
import type { Random } from "./random.ts";

/** As in the table of reliability.md, section 4a. */
export type FaultKind = "F1" | "F2" | "F3" | "F4" | "F5" | "F6" | "F7" | "F8";

export const FAULTS: Readonly<Record<FaultKind, string>> = {
  F1: "kill -9 of an instance",
  F2: "an instance is paused",
  F3: "rolling restart of a service",
  F4: "PostgreSQL",
  F5: "Kafka",
  F6: "a connection",
  F7: "the payment provider",
  F8: "a clock that is wrong",
};

export interface Fault {
  readonly what: string;
  /** Begins it; resolves once it is over, which is at once when the signal is given. */
  run(healed: AbortSignal): Promise<void>;
}

export interface Tools {
  readonly mesh: Mesh;
  readonly edges: Edges;
  readonly random: Random;
  /** Of the load, in seconds: the longest pause is for long runs. */
  readonly seconds: number;
  /** By how much the clock of a process is off, in milliseconds, from its next start on. */
  readonly clocks: Map<string, number>;
  /** An end of this process is our doing. */
  expectEnd(name: string): void;
}

/** Answers undefined when it cannot be done just now. */
export type Plan = (tools: Tools) => Fault | undefined | Promise<Fault | undefined>;

/** What happened, on the run's clock in milliseconds. */
export interface Happened {
  readonly kind: FaultKind;
  readonly what: string;
  readonly from: number;
  to?: number;
}

/** An abortable pause that never throws. */
export function pause(ms: number, healed: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (healed.aborted) {
      return resolve();
    }
    const end = () => {
      clearTimeout(timer);
      healed.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    healed.addEventListener("abort", end, { once: true });
  });
}
