/**
 * A buf plugin that writes the OpenAPI document of all contracts, comments included: as
 * `openapi.json` for tools, and as `openapi.ts` for the gateway, which finds a module wherever the
 * compiled code lies.
 */
import { create } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { contractOfSet } from "../../gateway/contract/contract.ts";
import { documentOfContract } from "../../gateway/openapi/document.ts";
import { readContracts, writeFiles } from "./plugin.ts";

const set = create(FileDescriptorSetSchema, { file: await readContracts() });
const document = documentOfContract(contractOfSet(set));
writeFiles(
  { name: "openapi.json", content: `${JSON.stringify(document, null, 2)}\n` },
  {
    name: "openapi.ts",
    content: `/** The OpenAPI document of every contract, as JSON. */
export const openapi: string =
  ${JSON.stringify(JSON.stringify(document))};
`,
  },
);
