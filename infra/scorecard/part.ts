/** What was measured in one go. */
import type { Objective } from "./objective.ts";

export interface Part {
  readonly title: string;
  /** How it was measured. */
  readonly how: string;
  readonly objectives: readonly Objective[];
}

/** Where nothing could be measured, and why: that too belongs on the page. */
export function unmeasured(what: string, error: Error): Part {
  const [sentence = ""] = error.message.split("\n");
  const objectives = [{ what, found: `could not be measured: ${sentence}`, isMet: false }];
  return { title: `Not measured: ${what}`, how: "It ended before there were figures", objectives };
}
