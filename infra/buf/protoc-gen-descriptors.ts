/**
 * A buf plugin that writes `descriptors.ts`: every contract, options included,
 * as one FileDescriptorSet. A module rather than a data file, so that it is
 * found wherever the compiled code lies.
 */
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  CodeGeneratorRequestSchema,
  CodeGeneratorResponse_Feature,
  CodeGeneratorResponseSchema,
  FileDescriptorSetSchema,
} from "@bufbuild/protobuf/wkt";
import { readInput } from "./plugin.ts";

const request = fromBinary(CodeGeneratorRequestSchema, await readInput());
const file = request.protoFile.map((proto) => ({ ...proto, sourceCodeInfo: undefined }));
const bytes = toBinary(FileDescriptorSetSchema, create(FileDescriptorSetSchema, { file }));
const response = create(CodeGeneratorResponseSchema, {
  supportedFeatures: BigInt(CodeGeneratorResponse_Feature.PROTO3_OPTIONAL),
  file: [
    {
      name: "descriptors.ts",
      content: `/** Every contract as a google.protobuf.FileDescriptorSet, in base64. */
export const descriptors =
  "${Buffer.from(bytes).toString("base64")}";
`,
    },
  ],
});
process.stdout.write(toBinary(CodeGeneratorResponseSchema, response));
