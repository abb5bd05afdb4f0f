/** What kustomize makes of k8s/: the objects that a cluster is given. */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { parseAllDocuments } from "yaml";
import { root } from "../../infra/dev/root.ts";
import { goTool } from "../../infra/tools/go-tool.ts";
import type { Manifest } from "./kinds.ts";
import { KUSTOMIZE } from "./tools.ts";

const run = promisify(execFile);
const k8s = join(root, "k8s");

/** An overlay, and components put on top of it. */
export interface Stack {
  readonly overlay: string;
  readonly components: readonly string[];
}

export const production: Stack = { overlay: "overlays/production", components: [] };
export const local: Stack = { overlay: "overlays/local", components: [] };

/** What stands on something else: a canary's weights are Istio's routes. */
const needs: Readonly<Record<string, readonly string[]>> = { canary: ["istio"] };
/** Taken in by others, and of no use alone. */
const shared = ["external-secrets"];

/** Every overlay, and every component on production's. */
export async function stacks(): Promise<readonly Stack[]> {
  const overlays = (await readdir(join(k8s, "overlays"))).map((name) => `overlays/${name}`);
  const components = await readdir(join(k8s, "components"));
  return [
    ...[...overlays, "argocd"].map((overlay) => ({ overlay, components: [] })),
    ...components
      .filter((name) => !shared.includes(name))
      .map((name) => ({ ...production, components: [...(needs[name] ?? []), name] })),
  ];
}

let kustomize: Promise<string> | undefined;
const texts = new Map<string, Promise<string>>();

/** As `kubectl kustomize` prints it. */
export function rendered(stack: Stack): Promise<string> {
  const key = nameOf(stack);
  const text = texts.get(key) ?? build(stack);
  texts.set(key, text);
  return text;
}

export function nameOf({ overlay, components }: Stack): string {
  return [overlay.replace("overlays/", ""), ...components].join("+");
}

export async function objects(stack: Stack): Promise<readonly Manifest[]> {
  return parseAllDocuments(await rendered(stack)).map((document) => document.toJS() as Manifest);
}

async function build({ overlay, components }: Stack): Promise<string> {
  // Once: the first time it is compiled.
  kustomize ??= goTool(KUSTOMIZE);
  const folder = await mkdtemp(join(tmpdir(), "tradepost-kustomize-"));
  const from = (path: string) => relative(folder, join(k8s, path));
  const file = {
    apiVersion: "kustomize.config.k8s.io/v1beta1",
    kind: "Kustomization",
    // What a component brings is of the overlay that takes it in.
    ...(components.length > 0 && { namespace: "tradepost" }),
    resources: [from(overlay)],
    components: components.map((name) => from(`components/${name}`)),
  };
  try {
    await writeFile(join(folder, "kustomization.yaml"), JSON.stringify(file));
    return (await run(await kustomize, ["build", folder], { maxBuffer: 64 * 1024 * 1024 })).stdout;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
