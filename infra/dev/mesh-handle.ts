import type { CertificateFiles } from "./certificates.ts";
import type { MeshKafka } from "./mesh-kafka.ts";
import type { ServiceName } from "./services.ts";
import type { Between } from "./standpoint.ts";
import type { Supervised } from "./supervisor.ts";

export interface MeshOptions {
  /** Holds all data of this mesh; one mesh at a time. */
  readonly dir: string;
  /** "fixed": the known ones, or what the environment says; "free": for tests. */
  readonly ports: "fixed" | "free";
  /** Deletes what earlier runs left in `dir`. */
  readonly fresh?: boolean;
  readonly kafka?: boolean;
  /** Over the launcher's own environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** These processes only, of postgres, kafka, edge, gateway and the services. */
  readonly only?: readonly string[];
  /** How many of each service and of the gateway; absent: 1. The second is `order-2`. */
  readonly instances?: number;
  /** For tests that disturb what lies between two processes. */
  readonly between?: Between;
  /**
   * For tests of an upgrade: the folder of the repository from whose `dist/` a service or gateway
   * is started, asked each time by its name; absent: this one.
   */
  readonly home?: (name: string) => string;
  /** For tests that disturb a process from within: Node's flags, asked at each start by its name. */
  readonly flags?: (name: string) => readonly string[];
  /** Hears one line about each thing that a person should know. */
  readonly say?: (line: string) => void;
  /** Hears that a process is ready. */
  readonly onReady?: (name: string, ms: number) => void;
  /** Gives up a start that is under way, and leaves no process. */
  readonly signal?: AbortSignal;
}

export interface Mesh {
  readonly dir: string;
  readonly gatewayUrl: string;
  /** Of all instances. */
  readonly gatewayUrls: readonly string[];
  /** Of gRPC, `host:port`; of several instances `ipv4:host:port,host:port`. */
  readonly addresses: Readonly<Record<ServiceName, string>>;
  readonly databaseUrls: Readonly<Record<ServiceName, string>>;
  /** Of each service, the gateway, and of `operator`, who may ask for health and reflection. */
  readonly certificates: Readonly<Record<ServiceName | "gateway" | "operator", CertificateFiles>>;
  readonly kafka: MeshKafka;
  /** Of the sandbox; the url is empty when real Stripe is used. */
  readonly stripe: { readonly url: string; readonly secretKey: string };
  readonly mail: { readonly url: string };
  /** By name: postgres, kafka, edge, gateway and the services, each instance. */
  readonly processes: Readonly<Record<string, Supervised>>;
  /** Milliseconds from the mesh's start. */
  readonly readyMs: Readonly<Record<string, number>>;
  /** Until the process answers (again), for at most a minute. */
  ready(name: string): Promise<void>;
  stopKafka(): Promise<void>;
  /** Returns when topics can be written to. */
  startKafka(): Promise<void>;
  stop(): Promise<void>;
}
