/**
 * Sends the mails that are to do. SMTP has no idempotency: a process that dies
 * between the server's answer and our note of it sends that one mail again,
 * under the same Message-ID, which most servers drop.
 */
import type { JobHelpers } from "graphile-worker";
import { createTransport } from "nodemailer";
import type { Db } from "#kit/db.ts";
import type { Log } from "#kit/log.ts";
import { jobs, putOff } from "./jobs.ts";
import { codeLetterOf, digestOf, type Letter, noticeOf } from "./letters.ts";
import {
  type Addressee,
  type DueMail,
  dueDigest,
  dueMail,
  forgoMail,
  leaveToDigest,
  markMailed,
} from "./mail-store.ts";
import type { IssueToken } from "./mail-tokens.ts";
import { sendingOf } from "./preferences.ts";
import type { Render } from "./rendering.ts";
import { type MailOf, unsubscribeHeaders } from "./unsubscribing.ts";

export interface MailOptions {
  readonly db: Db;
  /** The same database's, for the worker's own connections. */
  readonly url: string;
  readonly log: Log;
  readonly smtpUrl: string;
  readonly from: string;
  /** Where people reach the gateway. */
  readonly publicUrl: string;
  /** Mails a second at most; what is more waits its turn. */
  readonly perSecond: number;
  readonly issueToken: IssueToken;
  readonly render: Render;
}

/** What is more goes in a mail of its own. */
const MOST_PARTS = 100;

interface Mail {
  readonly of: MailOf;
  readonly to: Addressee;
  readonly letter: Letter;
  readonly messageId: string;
}

/** A worker of the jobs that `notify` writes; each is tried 20 times with growing pauses. */
export function mailing(options: MailOptions) {
  const { db, url, log, smtpUrl, from, publicUrl, perSecond, issueToken, render } = options;
  const transport = createTransport({
    url: smtpUrl,
    pool: true,
    maxConnections: 2,
    maxMessages: Number.POSITIVE_INFINITY,
    // Trying again is the jobs' business.
    maxRequeues: 0,
    rateDelta: 1_000,
    rateLimit: perSecond,
    connectionTimeout: 5_000,
    greetingTimeout: 5_000,
    socketTimeout: 10_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  });

  async function send(payload: unknown, helpers: JobHelpers): Promise<void> {
    const { id } = payload as { id: string };
    const mail = await dueMail(db, id);
    if (!mail) {
      return;
    }
    const { kind } = mail.told;
    const sending = sendingOf(new Date(), kind, mail.timing);
    switch (sending.how) {
      case "now": {
        const to = known(mail.to, id);
        const letter = await letterOf(mail, to);
        if (!letter) {
          await forgoMail(db, id);
          break;
        }
        await deliver({ of: kind, to, letter, messageId: id });
        await markMailed(db, [id]);
        break;
      }
      case "later":
        await putOff(helpers, sending.at);
        break;
      case "digest":
        await leaveToDigest(db, id, sending.at);
    }
  }

  async function sendDigest(payload: unknown): Promise<void> {
    const { userId } = payload as { userId: string };
    for (;;) {
      const due = await dueDigest(db, userId, MOST_PARTS);
      const ids = due.parts.map(({ id }) => id);
      if (ids.length === 0) {
        return;
      }
      // Another digest, if something has come to it, has another name.
      const messageId = `${ids[0]}-${ids.at(-1)}`;
      const to = known(due.to, messageId);
      const all = due.parts.map(({ told }) => told);
      await deliver({ of: "DIGEST", to, letter: digestOf(all, to.reader), messageId });
      await markMailed(db, ids);
    }
  }

  /** undefined: it is of no use any more. */
  async function letterOf(
    { told, eventId }: DueMail,
    { reader }: Addressee,
  ): Promise<Letter | undefined> {
    const { kind } = told;
    if (kind !== "VERIFY_EMAIL" && kind !== "RESET_PASSWORD") {
      return noticeOf(told, reader);
    }
    const issued = await issueToken(eventId);
    return issued && codeLetterOf(kind, issued, reader);
  }

  async function deliver({ of, to, letter, messageId }: Mail): Promise<void> {
    await transport.sendMail({
      from,
      to: { name: to.name, address: to.address },
      subject: letter.subject,
      ...render(letter),
      headers: unsubscribeHeaders(publicUrl, of, to.unsubscribeKey),
      messageId: `<${messageId}@tradepost.dev>`,
    });
  }

  const worker = jobs({
    url,
    log,
    name: "mail",
    tasks: { mail: send, digest: sendDigest },
    atOnce: 3,
  });
  return {
    start: worker.start,
    async stop() {
      await worker.stop();
      transport.close();
    },
  };
}

function known(to: Addressee | undefined, mail: string): Addressee {
  if (!to) {
    throw new Error(`mail ${mail} is for somebody whose address is not known yet`);
  }
  return to;
}
