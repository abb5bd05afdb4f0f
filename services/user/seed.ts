// Demo data: one account of each role, known to everybody who reads the README.
import { randomBytes } from "node:crypto";
import type { RoleName } from "#kit/call.ts";
import type { Db } from "#kit/db.ts";
import type { Passwords } from "./passwords.ts";
import { addUsers } from "./store.ts";
import { open } from "./user.ts";

export const demoPassword = "tradepost-demo-1";

const people: readonly [id: string, name: string, fullName: string, role: RoleName][] = [
  ["user-123", "demo", "Dana Demo", "CUSTOMER"],
  ["user-merchant", "merchant", "Mara Merchant", "MERCHANT"],
  ["user-support", "support", "Sam Support", "SUPPORT"],
  ["user-admin", "admin", "Ada Admin", "ADMIN"],
];

/** Adds the demo accounts to a database that has none; again and again changes nothing. */
export async function seed(db: Db, passwords: Passwords): Promise<void> {
  const { rowCount } = await db.query("select from users limit 1");
  if (rowCount !== 0) {
    return;
  }
  // The four share one hash: its salt protects nothing, since the password is public.
  const passwordHash = await passwords.hash(demoPassword);
  const now = new Date();
  const accounts = people.map(([id, name, fullName, role]) => ({
    ...open(
      { id, email: `${name}@tradepost.dev`, fullName, roles: [role], emailVerifyTime: now },
      now,
    ),
    passwordHash,
  }));
  await addUsers(db, accounts, newTraceparent());
}

function newTraceparent(): string {
  return `00-${randomBytes(16).toString("hex")}-${randomBytes(8).toString("hex")}-00`;
}
