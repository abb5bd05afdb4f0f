/** Somebody new in the mesh. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { Rest } from "./rest.ts";

export interface Person {
  readonly id: string;
  readonly email: string;
  readonly password: string;
  readonly signedIn: Rest;
}

/** Who has just opened an account, and is signed in. */
export async function aPerson(api: Rest): Promise<Person> {
  const email = `${randomUUID()}@example.com`;
  const password = "violet-anchor-92";
  const opening = { email, password, fullName: "Ada Lovelace" };
  const { status, body, text } = await api.post("/api/v1/auth/register", opening);
  assert.equal(status, 201, text);
  return { id: body.id, email, password, signedIn: await api.as(email, password) };
}
