import { readFile } from "node:fs/promises";
import { Refusal } from "./refusal.ts";

const KEY_BYTES = 32;

/** 32 bytes in base64, as `openssl rand -base64 32` prints them. */
export async function readKey(file: string): Promise<Buffer> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new Refusal(`the key file ${file} cannot be read: ${error.code}`);
  });
  const key = Buffer.from(text.trim(), "base64");
  if (key.length !== KEY_BYTES || key.toString("base64") !== text.trim()) {
    throw new Refusal(`${file} must hold 32 bytes in base64: openssl rand -base64 32`);
  }
  return key;
}
