/** The contracts as an OpenAPI 3.1 document. The same contracts give the same bytes. */
import type { Contract } from "../contract/contract.ts";
import { parseTemplate } from "../routes/template.ts";
import { commentOf } from "./comments.ts";
import { type Operation, operationOf } from "./operations.ts";
import { openapiPath } from "./parameters.ts";
import { problemSchema } from "./problems.ts";
import { Schemas } from "./schemas.ts";
import { securitySchemesOf } from "./security.ts";

/** Methods that OpenAPI 3.1 has a place for. */
const methods = new Set(["GET", "PUT", "POST", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE"]);

export function documentOfContract(contract: Contract): Record<string, unknown> {
  const schemas = new Schemas(contract.registry);
  const paths = new Map<string, Record<string, Operation>>();
  for (const rpc of contract.rpcs) {
    for (const [index, rule] of rpc.options.http.entries()) {
      if (methods.has(rule.method)) {
        const template = parseTemplate(rule.path);
        const path = openapiPath(template);
        const operations = paths.get(path) ?? {};
        operations[rule.method.toLowerCase()] = operationOf(
          contract,
          rpc,
          rule,
          template,
          index,
          schemas,
        );
        paths.set(path, operations);
      }
    }
  }
  return {
    openapi: "3.1.0",
    info: { title: "Tradepost", version: "1.0.0" },
    servers: [{ url: "/" }],
    tags: tagsOf(contract),
    paths: Object.fromEntries([...paths].sort(([a], [b]) => (a < b ? -1 : 1))),
    components: {
      schemas: { ...schemas.components, Problem: problemSchema },
      securitySchemes: securitySchemesOf(contract),
    },
  };
}

function tagsOf({ services, rpcs }: Contract): Record<string, string>[] {
  const onHttp = new Set(
    rpcs.filter(({ options }) => options.http.length > 0).map(({ method }) => method.parent),
  );
  return services
    .filter((service) => onHttp.has(service))
    .map((service) => ({ name: service.name, description: commentOf(service) }));
}
