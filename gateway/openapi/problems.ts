import type { Contract, Rpc } from "../contract/contract.ts";
import type { Schema } from "./schemas.ts";

/** What any rpc may answer. */
const always = ["INVALID_FIELD", "UNKNOWN_FIELD", "MALFORMED_JSON", "INTERNAL", "OVERLOADED"];
const alwaysToo = ["DEPENDENCY_DOWN", "DEADLINE_EXCEEDED"];
const ofBodies = ["BODY_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE"];
const withCredentials = ["MISSING_CREDENTIALS", "INVALID_TOKEN", "EXPIRED_TOKEN", "REVOKED_TOKEN"];

/** Problems by status, each with its reasons. */
export function problemResponses(
  { catalogue }: Contract,
  { options }: Rpc,
  hasBody: boolean,
): Record<string, Schema> {
  const { access } = options;
  const reasons = new Set([
    ...always,
    ...alwaysToo,
    ...(access?.public ? [] : withCredentials),
    ...(access && access.roles.length > 0 ? ["ROLE_REQUIRED"] : []),
    ...(hasBody ? ofBodies : []),
    ...options.reasons,
  ]);
  const byStatus = new Map<number, string[]>();
  for (const [reason, { httpStatus, title }] of catalogue) {
    if (reasons.has(reason)) {
      const list = byStatus.get(httpStatus) ?? [];
      byStatus.set(httpStatus, [...list, `- \`${reason}\`: ${title}`]);
    }
  }
  const sorted = [...byStatus].sort(([a], [b]) => a - b);
  return Object.fromEntries(
    sorted.map(([status, lines]) => [
      status,
      {
        description: lines.join("\n"),
        content: {
          "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } },
        },
      },
    ]),
  );
}

const text = { type: "string" };

export const problemSchema: Schema = {
  type: "object",
  description: "RFC 9457. Branch on `reason`, never on `detail`.",
  properties: {
    type: { type: "string", format: "uri" },
    title: text,
    status: { type: "integer" },
    detail: text,
    reason: text,
    code: { type: "string", description: "gRPC's name of the status." },
    requestId: text,
    metadata: { type: "object", additionalProperties: text },
    violations: {
      type: "array",
      items: {
        type: "object",
        properties: { field: text, rule: text, message: text },
        required: ["field", "rule", "message"],
      },
    },
  },
  required: ["type", "title", "status", "detail", "reason", "code", "requestId"],
};
