// A step is played, timed and told; the first that is not as it should be ends the story.
import type { Answer } from "./api.ts";

/** What a service did in a step. */
interface Did {
  readonly service: string;
  readonly what: string;
}

interface Told {
  readonly name: string;
  readonly title: string;
  readonly ms: number;
  readonly did: readonly Did[];
  /** Why there was nothing to see. */
  readonly skipped?: string;
  /** What was not as it should be. */
  readonly failed?: string;
}

export interface Voice {
  begun(url: string): void;
  tell(told: Told): void;
  ended(count: number): void;
}

export interface Stage {
  did(service: string, what: string): void;
  skip(why: string): void;
}

export type Step = <T>(
  name: string,
  title: string,
  play: (stage: Stage) => Promise<T>,
) => Promise<T>;

export class StepFailed extends Error {
  override readonly name = "StepFailed";
  readonly step: string;
  constructor(step: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.step = step;
  }
}

export function steps(voice: Voice): { step: Step; count: () => number } {
  let count = 0;
  return {
    count: () => count,
    async step(name, title, play) {
      count++;
      const did: Did[] = [];
      let skipped: string | undefined;
      const begun = performance.now();
      const told = () => ({ name, title, ms: Math.round(performance.now() - begun), did });
      try {
        const result = await play({
          did: (service, what) => void did.push({ service, what }),
          skip: (why) => {
            skipped = why;
          },
        });
        voice.tell({ ...told(), ...(skipped && { skipped }) });
        return result;
      } catch (error) {
        const failed = (error as Error).message;
        voice.tell({ ...told(), failed });
        throw new StepFailed(name, failed, { cause: error });
      }
    },
  };
}

/** Says what is missing where it is not so. */
export function ensure(isSo: boolean, sentence: string): asserts isSo {
  if (!isSo) {
    throw new Error(sentence);
  }
}

/** The answer with this status, and this reason if it is a problem. */
export function expect(answer: Answer, status: number, reason?: string): Answer {
  const { body, asked } = answer;
  const got = [answer.status, body?.reason].filter(Boolean).join(" ");
  const wanted = [status, reason].filter(Boolean).join(" ");
  const detail = body?.detail ? `: ${body.detail}` : "";
  ensure(got === wanted, `${asked} answered ${got}, not ${wanted}${detail}`);
  return answer;
}

const PATIENCE_MS = 15_000;
const PAUSE_MS = 100;

/** What Kafka brings takes a moment. */
export async function eventually<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = await ask();
    if (found !== undefined) {
      return found;
    }
    ensure(
      performance.now() < until,
      `${what} did not come within ${PATIENCE_MS / 1_000} s: does the mesh have Kafka?`,
    );
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
