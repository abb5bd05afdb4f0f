/** HTML in which whatever is put in is text, unless it is HTML already. */

export interface Html {
  readonly isHtml: true;
  toString(): string;
}

export function raw(text: string): Html {
  return { isHtml: true, toString: () => text };
}

type Part = string | number | Html | readonly (string | Html)[];

export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return raw(strings.map((text, at) => text + shown(parts[at])).join(""));
}

function shown(part: Part | undefined): string {
  switch (typeof part) {
    case "undefined":
      return "";
    case "string":
    case "number":
      return String(part).replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
    default:
      return "isHtml" in part ? part.toString() : part.map(shown).join("");
  }
}
