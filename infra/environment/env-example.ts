// .env.example: every variable there is, by who reads it.
import type { z } from "zod";
import { composeShape } from "./compose-shape.ts";
import { programs, shapes } from "./shapes.ts";
import { type Variable, variableOf } from "./variable.ts";

const HEAD = `# Every variable of the mesh. Made by \`npm run env-example\` from the schemas that check them.
#
# Compose reads .env beside its file, and sets itself what depends on its own network: addresses,
# DATABASE_URL, KAFKA_BROKERS, SMTP_URL, ports. One that is absent or empty has its default.
`;

export function envExample(): string {
  const sections = [...readers()].map(([who, names]) =>
    section(
      who,
      [...names].map(([name, schema]) => variableOf(name, schema)),
    ),
  );
  const compose = Object.entries(composeShape).map(([name, schema]) => variableOf(name, schema));
  return [HEAD, section("Compose", compose), ...sections].join("\n");
}

/** Variables by who reads them; those that most read come first. */
function readers(): ReadonlyMap<string, ReadonlyMap<string, z.ZodRawShape[string]>> {
  const byWho = new Map<string, Map<string, z.ZodRawShape[string]>>();
  const all = new Map(programs.flatMap((program) => Object.entries(shapes[program])));
  for (const [name, schema] of all) {
    const who = programs.filter((program) => name in shapes[program]).join(", ");
    byWho.set(who, (byWho.get(who) ?? new Map()).set(name, schema));
  }
  return byWho;
}

function section(who: string, variables: readonly Variable[]): string {
  return `# ---- ${who}\n\n${variables.map(entry).join("\n")}`;
}

function entry({ name, description, isRequired, standard, choices }: Variable): string {
  const words = choices ? `${description} Values: ${choices.join(", ")}.` : description;
  // Compose takes what stands in single quotes as it is.
  const value = standard && /[\s<>]/.test(standard) ? `'${standard}'` : (standard ?? "");
  return `# ${words}\n${isRequired ? "" : "# "}${name}=${value}\n`;
}
