/** grpc.health.v1, asked of each service and of what it names as standing behind it. */
import { BinaryReader, BinaryWriter } from "@bufbuild/protobuf/wire";
import { Metadata, type ServiceError, status } from "@grpc/grpc-js";
import type { Upstream } from "./upstream.ts";

export interface ServiceHealth {
  readonly status: string;
  readonly latencyMs: number;
  /** What the service says of itself in `x-service-version`; null for one that does not. */
  readonly version: string | null;
  /** Parts behind it, those that it tells of. */
  readonly parts: Readonly<Record<string, string>>;
}

const timeoutMs = 2_000;
/** Health service names of what stands behind a service. */
const partNames = ["database", "kafka"] as const;
const names = ["UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"] as const;

export async function checkHealth(
  upstream: Upstream,
  packageName: string,
  identity: Readonly<Record<string, string>>,
): Promise<ServiceHealth> {
  const [own, ...parts] = await Promise.all(
    ["", ...partNames].map((name) => check(upstream, packageName, name, identity)),
  );
  const told = partNames.flatMap((name, index) => {
    const part = parts[index];
    return part?.isKnown ? [[name, part.status]] : [];
  });
  return {
    status: own?.status ?? "UNKNOWN",
    latencyMs: own?.latencyMs ?? 0,
    version: own?.version ?? null,
    parts: Object.fromEntries(told),
  };
}

interface Checked {
  readonly status: string;
  readonly isKnown: boolean;
  readonly latencyMs: number;
  readonly version: string | null;
}

function check(
  upstream: Upstream,
  packageName: string,
  name: string,
  identity: Readonly<Record<string, string>>,
): Promise<Checked> {
  const startedAt = performance.now();
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(identity)) {
    metadata.set(key, value);
  }
  const options = {
    path: "/grpc.health.v1.Health/Check",
    packageName,
    metadata,
    deadline: Date.now() + timeoutMs,
  };
  const request = name === "" ? new Uint8Array() : new BinaryWriter().uint32(10).string(name);
  const bytes = request instanceof Uint8Array ? request : request.finish();
  return new Promise((resolve) => {
    let version: string | null = null;
    const call = upstream.unary(options, bytes, (error, response) => {
      const latencyMs = Math.round((performance.now() - startedAt) * 10) / 10;
      resolve({ ...outcome(error, response), latencyMs, version });
    });
    call.on("metadata", (answered) => {
      version = answered.get("x-service-version")[0]?.toString() ?? null;
    });
  });
}

function outcome(error: ServiceError | null, response: Buffer | undefined) {
  if (error) {
    // A service without the health protocol answers, so it is there.
    const isServing = error.code === status.UNIMPLEMENTED;
    return { status: isServing ? "SERVING" : "UNREACHABLE", isKnown: false };
  }
  const reader = new BinaryReader(response ?? new Uint8Array());
  const number = reader.len > 0 && reader.tag()[0] === 1 ? reader.int32() : 0;
  return { status: names[number] ?? "UNKNOWN", isKnown: number === 1 || number === 2 };
}
