/**
 * What each mail looks like, in files beside. `UPDATE_SNAPSHOTS=1 npx mocha …` writes them anew.
 *
 * MJML's HTML is nine tenths tables and styles, the same for all: of each mail is kept what it says
 * (subject, preheader, text, and HTML without the dress), and of each template one whole.
 */
import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, it } from "mocha";
import { SAMPLE_KINDS, SAMPLE_LOCALES, sampleLetter } from "../../../infra/mail-sink/samples.ts";
import { openTemplates } from "../rendering.ts";

const folder = fileURLToPath(new URL("snapshots", import.meta.url));
const render = openTemplates();

describe("a mail looks as it did", () => {
  for (const locale of SAMPLE_LOCALES) {
    for (const kind of SAMPLE_KINDS) {
      it(`${kind} in ${locale}`, async () => {
        const letter = sampleLetter(kind, locale);
        const { html, text } = render(letter);
        const { subject, preheader } = letter;
        const head = `subject: ${subject}\npreheader: ${preheader}`;
        await isAsBefore(
          `${locale}/${kind}.snap`,
          [head, text.trimEnd(), undressed(html)].join("\n\n"),
        );
      });
    }
  }

  for (const kind of ["ORDER_CONFIRMED", "RESET_PASSWORD", "DIGEST"] as const) {
    it(`${kind}, dressed`, async () => {
      const letter = sampleLetter(kind, "en");
      await isAsBefore(`${letter.template}.snap`, render(letter).html);
    });
  }
});

async function isAsBefore(name: string, shown: string): Promise<void> {
  const file = join(folder, name);
  // Which of its spaces ICU puts into an amount or a time changes with its release.
  const text = shown.replace(/[\u00a0\u202f]/g, " ");
  if (process.env.UPDATE_SNAPSHOTS === "1") {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  assert.equal(text, await readFile(file, "utf8"));
}

/** What the body says, with the tags that mean something. */
function undressed(html: string): string {
  const lines = html
    .slice(html.indexOf("<body"))
    .replace(/<!--[\s\S]*?-->|<\/?(?:html|body|div|table|tbody|tr|td)\b[^>]*>/g, "\n")
    .replace(/<(\w+) [^>]*>/g, "<$1>")
    .split("\n")
    .map((line) => line.trim());
  return `${lines.filter((line) => line !== "").join("\n")}\n`;
}
