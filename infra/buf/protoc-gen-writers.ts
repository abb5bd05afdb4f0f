/**
 * A buf plugin that writes `writers.ts`: for every message that a route answers, the function from
 * its bytes to JSON's.
 */
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  CodeGeneratorRequestSchema,
  CodeGeneratorResponse_Feature,
  CodeGeneratorResponseSchema,
  FileDescriptorSetSchema,
} from "@bufbuild/protobuf/wkt";
import { contractOfSet } from "../../gateway/contract/contract.ts";
import { generateWriters } from "../../gateway/wire/generate.ts";
import { readInput } from "./plugin.ts";

const request = fromBinary(CodeGeneratorRequestSchema, await readInput());
const { rpcs } = contractOfSet(create(FileDescriptorSetSchema, { file: request.protoFile }));
const answers = rpcs
  .filter(({ options }) => options.http.length > 0)
  .map(({ method }) => method.output);
const response = create(CodeGeneratorResponseSchema, {
  supportedFeatures: BigInt(CodeGeneratorResponse_Feature.PROTO3_OPTIONAL),
  file: [{ name: "writers.ts", content: generateWriters(answers, "../gateway/wire") }],
});
process.stdout.write(toBinary(CodeGeneratorResponseSchema, response));
