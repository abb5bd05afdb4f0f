// Whether this machine can ask Terraform itself: the program, and the providers it would download.
import { execFile } from "node:child_process";
import { readdir, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface Provider {
  /** As Terraform writes it: `hashicorp/aws`. */
  readonly source: string;
  readonly version: string;
}

/** The folder to be given as -plugin-dir; or why there is none. */
export type Installed = { readonly pluginFolder: string } | { readonly why: string };

export async function installed({ source, version }: Provider): Promise<Installed> {
  const terraform = await run("terraform", ["version", "-json"], { env: quiet() }).catch(
    () => null,
  );
  if (!terraform) {
    return { why: "terraform is not installed" };
  }
  const place = join("registry.terraform.io", source, version, platform());
  for (const pluginFolder of await pluginFolders()) {
    if (await stat(join(pluginFolder, place)).catch(() => undefined)) {
      return { pluginFolder };
    }
  }
  return { why: `the provider ${source} ${version} is not installed` };
}

/** Terraform's own places for providers that are not to be downloaded, and those of images. */
async function pluginFolders(): Promise<readonly string[]> {
  const { TF_PLUGIN_CACHE_DIR } = process.env;
  const images = await readdir("/opt").catch(() => []);
  return [
    ...(TF_PLUGIN_CACHE_DIR ? [TF_PLUGIN_CACHE_DIR] : []),
    join(homedir(), ".terraform.d/plugins"),
    "/usr/local/share/terraform/plugins",
    "/usr/share/terraform/plugins",
    ...images.map((name) => join("/opt", name)),
  ];
}

/** It neither asks anybody for news, nor reads settings of whoever runs the test. */
export function quiet(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("TF_"));
  return { ...Object.fromEntries(own), CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1" };
}

function platform(): string {
  const system = process.platform === "win32" ? "windows" : process.platform;
  return `${system}_${process.arch === "x64" ? "amd64" : process.arch}`;
}
