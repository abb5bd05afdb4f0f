// Terraform's files as data: read by HCL's own parser, so that tests may walk them.
import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "../../dev/root.ts";
import { goTool } from "../../tools/go-tool.ts";
import { hcl2json } from "./tools.ts";

const run = promisify(execFile);

export const terraformFolder = join(root, "infra/terraform");

/** A value as hcl2json gives it: blocks are lists of objects, expressions are `${…}`. */
export type Value = string | number | boolean | null | readonly Value[] | Body;
export interface Body {
  readonly [name: string]: Value;
}

type Labelled = Readonly<Record<string, readonly Body[]>>;

/** One folder of .tf files, which is what Terraform calls a module. */
export interface Module {
  /** Below infra/terraform: `aws`, `modules/aws-key`. */
  readonly path: string;
  readonly variables: Labelled;
  readonly outputs: Labelled;
  readonly calls: Labelled;
  readonly locals: readonly string[];
  readonly resources: readonly Resource[];
  readonly data: readonly Resource[];
  readonly settings: Body;
  /** All of it, for what looks at every expression. */
  readonly body: Body;
}

export interface Resource {
  readonly type: string;
  readonly name: string;
  readonly body: Body;
}

/** Every module, the roots first. */
export async function readModules(): Promise<readonly Module[]> {
  const below = await readdir(join(terraformFolder, "modules"));
  const paths = ["aws", "gcp", ...below.sort().map((name) => `modules/${name}`)];
  return Promise.all(paths.map(readModule));
}

async function readModule(path: string): Promise<Module> {
  const files = await filesOf(path, ".tf");
  const body = await parse(files);
  return {
    path,
    body,
    variables: labelled(body.variable),
    outputs: labelled(body.output),
    calls: labelled(body.module),
    locals: blocks(body.locals).flatMap((one) => Object.keys(one)),
    resources: twiceLabelled(body.resource),
    data: twiceLabelled(body.data),
    settings: blocks(body.terraform)[0] ?? {},
  };
}

export async function parse(files: readonly string[]): Promise<Body> {
  const { stdout } = await run(await goTool(hcl2json), [...files]);
  return JSON.parse(stdout) as Body;
}

/** Of a folder below infra/terraform, as absolute paths. */
export async function filesOf(path: string, ending: string): Promise<readonly string[]> {
  const names = await readdir(join(terraformFolder, path));
  const fitting = names.filter((name) => name.endsWith(ending)).sort();
  return fitting.map((name) => join(terraformFolder, path, name));
}

export function blocks(value: Value | undefined): readonly Body[] {
  return (value ?? []) as readonly Body[];
}

function labelled(value: Value | undefined): Labelled {
  return (value ?? {}) as Labelled;
}

function twiceLabelled(value: Value | undefined): readonly Resource[] {
  const types = (value ?? {}) as Readonly<Record<string, Labelled>>;
  return Object.entries(types).flatMap(([type, named]) =>
    Object.entries(named).flatMap(([name, bodies]) => bodies.map((body) => ({ type, name, body }))),
  );
}
