/**
 * Mails with a token in them. The event that asks for one says no token, because events are read
 * by many and kept for long: it is asked of the user service when the mail is sent, and kept
 * nowhere here. Each try gets another one, all of which are good.
 */
import { CredentialServiceDefinition } from "#gen/tradepost/user/v1/credential.ts";
import { type ClientOf, within } from "#kit/client.ts";
import type { Kind } from "./kinds.ts";

interface MailToken {
  readonly token: string;
  readonly expireTime: Date;
}

/** undefined: the mail is of no use any more. */
export type IssueToken = (eventId: string) => Promise<MailToken | undefined>;

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

const REASONS: Partial<Record<Kind, string>> = {
  VERIFY_EMAIL: "To confirm that this e-mail address is yours, enter this code:",
  RESET_PASSWORD:
    "Somebody asked to choose a new password for your account. If that was you, enter this code; " +
    "if not, do nothing: your password stays as it is.",
};

interface Letter {
  readonly kind: Kind;
  /** What the inbox says, and the mail of a kind that has no token. */
  readonly body: string;
  readonly eventId: string;
}

/** What a mail says; undefined: it is not to be sent any more. */
export async function textOf(
  { kind, body, eventId }: Letter,
  issueToken: IssueToken,
): Promise<string | undefined> {
  const reason = REASONS[kind];
  if (reason === undefined) {
    return body;
  }
  const issued = await issueToken(eventId);
  return (
    issued && `${reason}\n\n${issued.token}\n\nIt is good until ${clockOf(issued.expireTime)}.`
  );
}

/** `2026-11-21 19:12 UTC` */
function clockOf(time: Date): string {
  return `${time.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
