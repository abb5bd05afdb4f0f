/** With which credentials an operation may be called. */
import type { Contract, Rpc } from "../contract/contract.ts";
import type { Schema } from "./schemas.ts";

export function securitySchemesOf(contract: Contract): Record<string, Schema> {
  const exchanged = headersOf(contract).map((name) => [
    name,
    { type: "apiKey", in: "header", name },
  ]);
  return {
    bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
    ...Object.fromEntries(exchanged),
  };
}

/** What is exchanged for a token has scopes, and calls only rpcs that name some. */
export function securityOf(contract: Contract, { options: { access } }: Rpc): Schema[] {
  if (access?.public) {
    const isAnyone = access.roles.length === 0 && !access.signedIn && !access.owner;
    return isAnyone ? [] : [{}, { bearer: [] }];
  }
  const exchanged = access?.scopes.length ? headersOf(contract) : [];
  return [{ bearer: [] }, ...exchanged.map((name) => ({ [name]: [] }))];
}

function headersOf({ rpcs }: Contract): string[] {
  return rpcs.flatMap(({ options }) => options.exchange?.header ?? []);
}
