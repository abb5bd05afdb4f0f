/** Compiles a contract that only tests know, beside the real options and catalogue. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The contract as its source. */
export const depot = readFileSync(join("gateway", "testing", "depot.proto"), "utf8");

/** A FileDescriptorSet of these files, with source comments. */
export function compile(...sources: readonly string[]): Uint8Array {
  const folder = aFolder();
  try {
    const paths = sources.flatMap((source, index) => {
      const proto = join(folder, index === 0 ? "depot.proto" : `depot${index}.proto`);
      writeFileSync(proto, source);
      return ["--path", proto];
    });
    const modules = ["proto", folder].map((path) => ({ path }));
    const config = JSON.stringify({ version: "v2", modules });
    const file = join(folder, "set.binpb");
    const buf = join("node_modules", "@bufbuild", "buf", "bin", "buf");
    execFileSync(process.execPath, [buf, "build", "--config", config, ...paths, "-o", file]);
    return readFileSync(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Inside the repository, because buf takes no module from outside. The caller removes it. */
export function aFolder(): string {
  mkdirSync("node_modules/.cache", { recursive: true });
  return mkdtempSync(join("node_modules", ".cache", "gateway-"));
}
