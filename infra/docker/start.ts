// The image's first process: it becomes the program that SERVICE names, signals and all.
import { programNames, programOf } from "./programs.ts";

const { SERVICE } = process.env;
const program = programOf(SERVICE);
if (!program) {
  const problem = SERVICE ? `is ${SERVICE}` : "is missing";
  process.stderr.write(`SERVICE ${problem}: it must be one of ${programNames.join(", ")}\n`);
  process.exit(2);
}
await import(program.href);
