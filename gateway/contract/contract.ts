import {
  createFileRegistry,
  type DescMethod,
  type DescService,
  type FileRegistry,
  fromBinary,
} from "@bufbuild/protobuf";
import { type FileDescriptorSet, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { type RpcOptions, readOptions } from "../../services/kit/rpc-options.ts";
import { type Catalogue, catalogueOf } from "./catalogue.ts";

/** An rpc with what its contract says of it. */
export interface Rpc {
  readonly method: DescMethod;
  readonly options: RpcOptions;
}

/** All that the gateway knows of the services behind it. */
export interface Contract {
  readonly registry: FileRegistry;
  readonly services: readonly DescService[];
  /** In the order of files, services and rpcs. */
  readonly rpcs: readonly Rpc[];
  readonly catalogue: Catalogue;
}

/** @param descriptors a FileDescriptorSet with options: its bytes, or those in base64 */
export function contractOf(descriptors: string | Uint8Array): Contract {
  const bytes = typeof descriptors === "string" ? Buffer.from(descriptors, "base64") : descriptors;
  return contractOfSet(fromBinary(FileDescriptorSetSchema, bytes));
}

export function contractOfSet(set: FileDescriptorSet): Contract {
  const registry = createFileRegistry(set);
  const services = [...registry].filter((type) => type.kind === "service");
  const rpcs = services.flatMap((service) =>
    service.methods.map((method) => ({ method, options: readOptions(method, registry) })),
  );
  return { registry, services, rpcs, catalogue: catalogueOf(registry) };
}

/** `tradepost.order.v1` of `tradepost.order.v1.OrderService`. */
export function packageOf(service: DescService): string {
  return service.file.proto.package;
}
