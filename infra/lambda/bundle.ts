/** What Lambda unpacks: the handler's compiled modules and the packages that they stand on. */
import { cp, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { parse } from "acorn";
import { root } from "../dev/root.ts";

/** As `Handler` names it in template.yaml. */
export const handlerFile = "dist/services/notification/lambda.js";

interface Manifest {
  readonly imports?: Readonly<Record<string, { readonly default: string }>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** Fills the folder anew; wants what `npm run build` makes. */
export async function bundle(folder: string): Promise<void> {
  const manifest = await manifestOf(root);
  const { modules, packages } = await reached(manifest.imports ?? {});
  const folders = await installed(packages);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const own = { type: "module", imports: manifest.imports };
  await writeFile(join(folder, "package.json"), `${JSON.stringify(own, undefined, 2)}\n`);
  await Promise.all(modules.map((file) => cp(file, join(folder, relative(root, file)))));
  await Promise.all(
    folders.map((from) =>
      cp(from, join(folder, relative(root, from)), {
        recursive: true,
        filter: (path) => isNeeded(relative(from, path)),
      }),
    ),
  );
}

/** Those inside of others come by themselves, where they are needed. */
function isNeeded(path: string): boolean {
  return path !== "node_modules" && !/\.(map|d\.[cm]?ts)$/.test(path);
}

/** Every module of ours that the handler imports, and every package that one of them names. */
async function reached(imports: NonNullable<Manifest["imports"]>) {
  const modules = [join(root, handlerFile)];
  const packages = new Set<string>();
  const known = new Set(modules);
  for (const file of modules) {
    for (const name of importsOf(await readFile(file, "utf8"))) {
      const own = ownFile(imports, file, name);
      if (own === undefined) {
        packages.add(packageOf(name));
      } else if (!known.has(own)) {
        known.add(own);
        modules.push(own);
      }
    }
  }
  return { modules, packages };
}

/** Node's own modules left out. */
function importsOf(source: string): string[] {
  const { body } = parse(source, { ecmaVersion: "latest", sourceType: "module" });
  const fixed = body.map((part) => ("source" in part ? part.source?.value : undefined));
  const late = [...source.matchAll(/\bimport\("([^"]+)"\)/g)].map(([, name]) => name);
  return [...fixed, ...late]
    .filter((name) => typeof name === "string")
    .filter((name) => !name.startsWith("node:"));
}

/** Undefined: it is a package's. */
function ownFile(
  imports: NonNullable<Manifest["imports"]>,
  from: string,
  name: string,
): string | undefined {
  if (name.startsWith(".")) {
    return join(dirname(from), name);
  }
  for (const [pattern, { default: place }] of Object.entries(imports)) {
    const [head = "", tail = ""] = pattern.split("*");
    if (name.startsWith(head) && name.endsWith(tail)) {
      return join(root, place.replace("*", name.slice(head.length, -tail.length)));
    }
  }
  return undefined;
}

function packageOf(name: string): string {
  return name.split("/", name.startsWith("@") ? 2 : 1).join("/");
}

/** The folders of these packages, and of those that they depend on. */
async function installed(packages: ReadonlySet<string>): Promise<readonly string[]> {
  const folders = new Set<string>();
  const wanted = [...packages].map((name) => ({ name, from: root }));
  for (const { name, from } of wanted) {
    const folder = await folderOf(name, from);
    if (!folders.has(folder)) {
      folders.add(folder);
      const { dependencies = {} } = await manifestOf(folder);
      wanted.push(...Object.keys(dependencies).map((other) => ({ name: other, from: folder })));
    }
  }
  return [...folders];
}

/** Where Node looks: beside the asking package, then further up. */
async function folderOf(name: string, from: string): Promise<string> {
  for (let at = from; at.startsWith(root); at = dirname(at)) {
    const folder = join(at, "node_modules", name);
    if (await stat(folder).catch(() => undefined)) {
      return folder;
    }
  }
  throw new Error(`${name} is not installed`);
}

async function manifestOf(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as Manifest;
}
