// Mails with a token in them: how many may be asked for, and for how long they are of use. Pure.
import { Fault } from "#kit/errors.ts";

export type MailKind = "verify_email" | "reset_password";

export interface MailRequest {
  /** Also the id of the event that tells of it. */
  readonly id: string;
  readonly userId: string;
  readonly kind: MailKind;
  readonly createTime: Date;
  readonly isUsed: boolean;
}

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** How long a token is good, from when its mail is sent. */
const tokenMs = { verify_email: 3 * dayMs, reset_password: 30 * minuteMs };
/** How late a mail is still sent that could not be sent before. */
const patienceMs = { verify_email: 3 * dayMs, reset_password: dayMs };

/** When a token expires that is made now; undefined: its mail is of no use any more. */
export function expiryOf(request: MailRequest, now: Date): Date | undefined {
  const { kind, createTime, isUsed } = request;
  const isLate = +now > +createTime + patienceMs[kind];
  return isUsed || isLate ? undefined : new Date(+now + tokenMs[kind]);
}

/** However many ask, from wherever: nobody's mailbox is filled by strangers. */
const most = 5;
export const latelyMs = 15 * minuteMs;

export interface Asked {
  readonly userId: string;
  readonly kind: MailKind;
  /** How many mails of the kind the person was sent lately. */
  readonly lately: number;
}

/** Of those that were asked for, in their order, the ones that are sent. */
export function sendable<One extends Asked>(asked: readonly One[]): One[] {
  const counts = new Map<string, number>();
  return asked.filter(({ userId, kind, lately }) => {
    const key = `${kind} ${userId}`;
    const count = counts.get(key) ?? lately;
    counts.set(key, count + 1);
    return count < most;
  });
}

export interface MailToken {
  readonly request: MailRequest;
  readonly expireTime: Date;
}

/** What a token was for, if it is good at `now`. */
export function usable(token: MailToken | undefined, now: Date): MailRequest {
  if (!token || token.request.isUsed) {
    throw spent();
  }
  if (token.expireTime <= now) {
    throw new Fault("EXPIRED_TOKEN", "the token of the mail has expired");
  }
  return token.request;
}

export function spent(): Fault {
  return new Fault("INVALID_TOKEN", "the token is not one of a mail, or was used");
}
