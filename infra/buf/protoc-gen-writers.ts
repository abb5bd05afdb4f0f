/**
 * A buf plugin that writes `writers.ts`: for every message that a route answers, the function from
 * its bytes to JSON's.
 */
import { create } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { contractOfSet } from "../../gateway/contract/contract.ts";
import { generateWriters } from "../../gateway/wire/generate.ts";
import { readContracts, writeFiles } from "./plugin.ts";

const file = await readContracts();
const { rpcs } = contractOfSet(create(FileDescriptorSetSchema, { file }));
const answers = rpcs
  .filter(({ options }) => options.http.length > 0)
  .map(({ method }) => method.output);
writeFiles({ name: "writers.ts", content: generateWriters(answers, "../gateway/wire") });
