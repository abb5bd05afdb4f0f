/**
 * Mails with a token in them. The event that asks for one says no token, because events are read
 * by many and kept for long: it is asked of the user service when the mail is sent, and kept
 * nowhere here. Each try gets another one, all of which are good.
 */
import { CredentialServiceDefinition } from "#gen/tradepost/user/v1/credential.ts";
import { type ClientOf, within } from "#kit/client.ts";
import type { Code } from "./letters.ts";

/** undefined: the mail is of no use any more. */
export type IssueToken = (eventId: string) => Promise<Code | undefined>;

const PATIENCE_MS = 3_000;

/** @param client the kit's */
export function tokensOf(
  client: (
    definition: typeof CredentialServiceDefinition,
  ) => ClientOf<typeof CredentialServiceDefinition>,
): IssueToken {
  const users = client(CredentialServiceDefinition);
  return async (eventId) => {
    const answer = await users.issueMailToken({ eventId }, within(undefined, PATIENCE_MS));
    const { token, expireTime } = answer;
    return token && expireTime ? { token, expireTime } : undefined;
  };
}
