import type { GoTool } from "../../infra/tools/go-tool.ts";

/** Knows what GitHub's workflows may say: events, contexts, types of inputs. */
export const actionlint = {
  name: "actionlint",
  module: "github.com/rhysd/actionlint/cmd/actionlint",
  version: "v1.7.12",
} as const satisfies GoTool;
