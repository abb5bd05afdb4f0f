/** Puts what a mail says into the templates that `npm run build` made. */
import { Eta } from "eta";
import type { Letter } from "./letters.ts";
import { TEMPLATES } from "./templates/built.ts";

export interface Rendered {
  readonly html: string;
  readonly text: string;
}

export type Render = (letter: Letter) => Rendered;

const NAMES: readonly Letter["template"][] = ["notice", "code", "digest"];

/** Fails at once, so that no service starts that would fail at each mail. */
export function openTemplates(sources: Readonly<Record<string, string>> = TEMPLATES): Render {
  // Every value is escaped.
  const eta = new Eta({ autoEscape: true, autoTrim: false });
  const compiled = new Map(
    NAMES.map((name): [Letter["template"], (letter: Letter) => string] => {
      const source = sources[name];
      if (source === undefined) {
        throw new Error(`there is no mail template "${name}": npm run build makes it`);
      }
      return [name, attempt(name, () => eta.compile(source).bind(eta))];
    }),
  );
  return (letter) => {
    const { template } = letter;
    const html = attempt(template, () => compiled.get(template)?.(letter) ?? "");
    return { html, text: textOf(letter) };
  };
}

function attempt<Made>(name: string, make: () => Made): Made {
  try {
    return make();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`mail template "${name}" failed: ${why}`, { cause: error });
  }
}

/** The same without a form. */
function textOf(letter: Letter): string {
  return `${[...partsOf(letter), `Tradepost. ${letter.footer}`].join("\n\n")}\n`;
}

function partsOf(letter: Letter): string[] {
  switch (letter.template) {
    case "notice": {
      const facts = letter.facts.map(({ label, value }) => `${label}: ${value}`);
      return [...letter.lines, facts.join("\n")];
    }
    case "code":
      return [letter.reason, letter.code, letter.expiry];
    case "digest":
      return letter.messages.map(({ title, lines }) => [title, ...lines].join("\n"));
  }
}
