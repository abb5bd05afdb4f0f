import { randomFillSync } from "node:crypto";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const pool = Buffer.allocUnsafe(8192);
let used = pool.length;

/** `prefix` and 24 random letters and digits, as Stripe's ids look. */
export function newId(prefix: string): string {
  if (used + 24 > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  let id = prefix;
  for (let i = 0; i < 24; i++) id += ALPHABET[(pool[used++] as number) % 62];
  return id;
}

/** Unix seconds, as Stripe counts. */
export function now(): number {
  return Math.floor(Date.now() / 1000);
}
