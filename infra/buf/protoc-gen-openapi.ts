/**
 * A buf plugin that writes the OpenAPI document of all contracts, comments included: as
 * `openapi.json` for tools, and as `openapi.ts` for the gateway, which finds a module wherever the
 * compiled code lies.
 */
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  CodeGeneratorRequestSchema,
  CodeGeneratorResponse_Feature,
  CodeGeneratorResponseSchema,
  FileDescriptorSetSchema,
} from "@bufbuild/protobuf/wkt";
import { contractOfSet } from "../../gateway/contract/contract.ts";
import { documentOfContract } from "../../gateway/openapi/document.ts";
import { readInput } from "./plugin.ts";

const request = fromBinary(CodeGeneratorRequestSchema, await readInput());
const set = create(FileDescriptorSetSchema, { file: request.protoFile });
const document = documentOfContract(contractOfSet(set));
const response = create(CodeGeneratorResponseSchema, {
  supportedFeatures: BigInt(CodeGeneratorResponse_Feature.PROTO3_OPTIONAL),
  file: [
    { name: "openapi.json", content: `${JSON.stringify(document, null, 2)}\n` },
    {
      name: "openapi.ts",
      content: `/** The OpenAPI document of every contract, as JSON. */
export const openapi: string =
  ${JSON.stringify(JSON.stringify(document))};
`,
    },
  ],
});
process.stdout.write(toBinary(CodeGeneratorResponseSchema, response));
