import type { Command } from "commander";
import { readKey } from "../infra/backup/key-file.ts";
import { WrongUse } from "./wrong-use.ts";

export interface KeyOptions {
  readonly keyFile?: string;
}

export function keyOption(command: Command): Command {
  const what = "32 bytes in base64 (openssl rand -base64 32), for AES-256-GCM";
  return command.option("--key-file <file>", what);
}

export async function keyOf({ keyFile }: KeyOptions): Promise<Buffer | undefined> {
  if (keyFile === undefined) {
    return undefined;
  }
  return readKey(keyFile).catch((error: Error) => {
    throw new WrongUse(error.message);
  });
}
