// `npm run demo`: the story of a purchase, told against a mesh that runs.
import { api } from "./api.ts";
import { BadFlag, HELP, readFlags } from "./flags.ts";
import { StepFailed, steps } from "./steps.ts";
import { tellStory } from "./story.ts";
import { jsonVoice, pageVoice } from "./voice.ts";

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    const { url, mailUrl, json, help } = await readFlags(args, process.env);
    if (help) {
      process.stdout.write(HELP);
      return 0;
    }
    const anyone = api(url);
    await anyone.get("/health").catch(() => {
      throw new BadFlag(
        `no mesh answers at ${url}: start one with npm start, or name it with --url`,
      );
    });
    const write = (text: string) => void process.stdout.write(text);
    const voice = json ? jsonVoice(write) : pageVoice(write);
    voice.begun(url);
    const { step, count } = steps(voice);
    await tellStory({ anyone, mailUrl, step });
    voice.ended(count());
    return 0;
  } catch (error) {
    if (error instanceof StepFailed) {
      process.stderr.write(`demo: step ${error.step} failed: ${error.message}\n`);
      return 1;
    }
    process.stderr.write(`${(error as Error).message}\n`);
    return error instanceof BadFlag ? 2 : 1;
  }
}
