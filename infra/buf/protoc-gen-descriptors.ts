/**
 * A buf plugin that writes `descriptors.ts`: every contract, options included,
 * as one FileDescriptorSet. A module rather than a data file, so that it is
 * found wherever the compiled code lies.
 */
import { create, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { readContracts, writeFiles } from "./plugin.ts";

const contracts = await readContracts();
const file = contracts.map((proto) => ({ ...proto, sourceCodeInfo: undefined }));
const bytes = toBinary(FileDescriptorSetSchema, create(FileDescriptorSetSchema, { file }));
writeFiles({
  name: "descriptors.ts",
  content: `/** Every contract as a google.protobuf.FileDescriptorSet, in base64. */
export const descriptors =
  "${Buffer.from(bytes).toString("base64")}";
`,
});
