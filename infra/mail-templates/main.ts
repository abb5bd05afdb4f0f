/** A step of `npm run build`: the mails' templates, from MJML to HTML that eta fills in. */
import { createHash } from "node:crypto";
import { readdir, readFile, rename, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../../services/notification/templates", import.meta.url));
const built = join(folder, "built.ts");
const LAYOUT = "layout";
const PLACE = "<!-- part -->";

const sources = await read();
const made = await readFile(built, "utf8").catch(() => "");
const head = `// Made by infra/mail-templates of ${await fingerprint(sources)}: change the .mjml instead.`;
if (!made.startsWith(head)) {
  const templates = JSON.stringify(await htmlOf(sources), null, 2);
  const code = `export const TEMPLATES: Readonly<Record<string, string>> = ${templates};`;
  // Two builds at once write the same; nobody reads half a file.
  const fresh = `${built}.${process.pid}`;
  await writeFile(fresh, `${head}\n${code}\n`);
  await rename(fresh, built);
}

async function read(): Promise<ReadonlyMap<string, string>> {
  const files = (await readdir(folder)).filter((file) => file.endsWith(".mjml")).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")));
  return new Map(files.map((file, index) => [file.slice(0, -".mjml".length), texts[index] ?? ""]));
}

/** Of all that the templates are made of, this file and MJML's version included. */
async function fingerprint(from: ReadonlyMap<string, string>): Promise<string> {
  const { version } = createRequire(import.meta.url)("mjml/package.json") as { version: string };
  const self = await readFile(fileURLToPath(import.meta.url), "utf8");
  const all = JSON.stringify([version, self, ...from]);
  return createHash("sha256").update(all).digest("hex").slice(0, 16);
}

/** Each part in the layout. What is no MJML ends the build. */
async function htmlOf(from: ReadonlyMap<string, string>): Promise<Record<string, string>> {
  const layout = from.get(LAYOUT);
  if (!layout?.includes(PLACE)) {
    throw new Error(`${folder}/${LAYOUT}.mjml is missing, or has no ${PLACE}`);
  }
  const { default: mjml2html } = await import("mjml");
  const templates: Record<string, string> = {};
  for (const [name, part] of from) {
    if (name !== LAYOUT) {
      const { html } = await mjml2html(
        layout.replace(PLACE, () => part),
        {
          validationLevel: "strict",
        },
      );
      // Indentation is half of what would be sent.
      templates[name] = html.replace(/^\s+/gm, "");
    }
  }
  return templates;
}
