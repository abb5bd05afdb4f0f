import { ServerReflection, ServerReflectionService } from "nice-grpc-server-reflection";
import { descriptors } from "#gen/descriptors.ts";
import type { Rpcs } from "./rpc.ts";

/** grpc.reflection.v1: what grpcurl asks to list and describe. */
export function reflectionRpcs(services: readonly string[]): Rpcs {
  const names = [...services, "grpc.health.v1.Health"];
  const handlers = ServerReflection(Buffer.from(descriptors, "base64"), names);
  return [ServerReflectionService as never, handlers];
}
