import type { GoTool } from "../../tools/go-tool.ts";

/** HCL as JSON, with the expressions left as they are written. */
export const hcl2json = {
  name: "hcl2json",
  module: "github.com/tmccombs/hcl2json",
  version: "v0.6.9",
} as const satisfies GoTool;

/** What `terraform fmt` does to layout: the same code, without the 90 MB around it. */
export const hclfmt = {
  name: "hclfmt",
  module: "github.com/hashicorp/hcl/v2/cmd/hclfmt",
  version: "v2.25.0",
} as const satisfies GoTool;

export const TOOL_TIMEOUT_MS = 300_000;
