/** `npm run set-image -- <name> <digest>`: what production is to run, in its overlay. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../dev/root.ts";
import { withImage } from "./overlay.ts";

const overlay = join(root, "k8s/overlays/production/kustomization.yaml");
const [name = "", digest = ""] = process.argv.slice(2);
try {
  await writeFile(overlay, withImage(await readFile(overlay, "utf8"), name, digest));
} catch (error) {
  process.stderr.write(`set-image: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
