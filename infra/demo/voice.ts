import { colours } from "../colours.ts";
import type { Voice } from "./steps.ts";

export function jsonVoice(write: (text: string) => void): Voice {
  const line = (value: object) => write(`${JSON.stringify(value)}\n`);
  return {
    begun: (url) => line({ event: "begun", url }),
    tell: ({ name, failed, ...told }) =>
      line({ event: "step", step: name, ok: failed === undefined, ...told, failed }),
    ended: (steps) => line({ event: "ended", ok: true, steps }),
  };
}

/** Wide enough for every title, so that the times stand in one column. */
const TITLE_WIDTH = 58;
const SERVICE_WIDTH = 14;

export function pageVoice(write: (text: string) => void): Voice {
  const { bold, cyan, dim, green, red, yellow } = colours();
  let number = 0;
  return {
    begun: (url) => write(`\n${bold("The story of a purchase")} ${dim(`at ${url}`)}\n`),
    tell({ title, ms, did, skipped, failed }) {
      const mark = failed ? red("✗") : skipped ? yellow("–") : green("✓");
      const at = String(++number).padStart(2);
      const head = `${dim(at)} ${mark} ${bold(title.padEnd(TITLE_WIDTH))} ${dim(`${ms} ms`)}`;
      const lines = did.map(
        ({ service, what }) => `       ${cyan(service.padEnd(SERVICE_WIDTH))}${what}`,
      );
      if (skipped) {
        lines.push(`       ${yellow(skipped)}`);
      }
      if (failed) {
        lines.push(`       ${red(failed)}`);
      }
      write(`\n${[head, ...lines].join("\n")}\n`);
    },
    ended: (steps) => write(`\n${green(bold(`All ${steps} steps went as they should.`))}\n`),
  };
}
