/** The function's templates as they are written, and what cfn-lint says of them. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { root } from "../dev/root.ts";
import { pythonTool } from "../tools/python-tool.ts";

export const folder = join(root, "infra/lambda");

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
}

/** `!Ref X`, `!GetAtt X.Y` and `!Sub …` are what stands behind them. */
const tags = ["!Ref", "!GetAtt", "!Sub"].map((tag) => ({ tag, resolve: (text: string) => text }));

export async function readTemplate(name: string, from = folder): Promise<Template> {
  return parse(await readFile(join(from, name), "utf8"), { customTags: tags }) as Template;
}

/** Its complaints; none for templates that it accepts. */
export async function lint(...files: readonly string[]): Promise<string> {
  const requirements = join(folder, "requirements.txt");
  const PYTHONPATH = await pythonTool({ name: "cfn-lint", requirements });
  return new Promise((resolve, reject) => {
    const env = { ...process.env, PYTHONPATH };
    execFile(
      "python3",
      [join(PYTHONPATH, "bin/cfn-lint"), ...files],
      { env },
      (error, out, err) => {
        // Complaints go to stdout; anything else is no answer.
        if (error && out === "") {
          reject(new Error(`cfn-lint did not run: ${err || error.message}`));
        } else {
          resolve(out);
        }
      },
    );
  });
}
