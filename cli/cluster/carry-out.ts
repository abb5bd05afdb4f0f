// Steps done one after the other, or only shown.
import type { ClusterOptions } from "./cluster.ts";
import { perform } from "./runner.ts";
import { inShell, type Step } from "./step.ts";

type Write = (text: string) => void;

export interface StepsOptions extends ClusterOptions {
  readonly dryRun?: true;
  readonly json?: true;
}

/** The commands, as they are and in their order. */
export function show(steps: readonly Step[], { json }: StepsOptions, write: Write): void {
  for (const step of steps) {
    write(json ? JSON.stringify(step) : `# ${step.title}\n${inShell(step)}`);
  }
}

/** The first that fails is the last. */
export async function performAll(
  steps: readonly Step[],
  { json }: StepsOptions,
  write: Write,
): Promise<void> {
  for (const step of steps) {
    if (!json) {
      write(`# ${step.title}`);
    }
    const begun = performance.now();
    await perform(step);
    if (json) {
      write(JSON.stringify({ done: step.title, ms: Math.round(performance.now() - begun) }));
    }
  }
}
