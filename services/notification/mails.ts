/**
 * Sends the mails that are to do. SMTP has no idempotency: a process that dies
 * between the server's answer and our note of it sends that one mail again,
 * under the same Message-ID, which most servers drop.
 */
import type { JobHelpers } from "graphile-worker";
import { createTransport } from "nodemailer";
import type { Db } from "#kit/db.ts";
import type { Log } from "#kit/log.ts";
import { jobs } from "./jobs.ts";
import {
  type Addressee,
  type DigestPart,
  dueDigest,
  dueMail,
  forgoMail,
  leaveToDigest,
  MAX_ATTEMPTS,
  markMailed,
} from "./mail-store.ts";
import { type IssueToken, textOf } from "./mail-tokens.ts";
import { sendingOf } from "./preferences.ts";
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
}

/** What is more goes in a mail of its own. */
const MOST_PARTS = 100;

interface Mail {
  readonly of: MailOf;
  readonly subject: string;
  readonly text: string;
  readonly messageId: string;
}

/** A worker of the jobs that `notify` writes; each is tried 20 times with growing pauses. */
export function mailing(options: MailOptions) {
  const { db, url, log, smtpUrl, from, publicUrl, perSecond, issueToken } = options;
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

  async function send(payload: unknown, { addJob }: JobHelpers): Promise<void> {
    const { id } = payload as { id: string };
    const mail = await dueMail(db, id);
    if (!mail) {
      return;
    }
    const sending = sendingOf(new Date(), mail.kind, mail.timing);
    switch (sending.how) {
      case "now": {
        const text = await textOf(mail, issueToken);
        if (text === undefined) {
          await forgoMail(db, id);
          break;
        }
        await deliver(mail.to, { of: mail.kind, subject: mail.title, text, messageId: id });
        await markMailed(db, [id]);
        break;
      }
      case "later":
        await addJob("mail", { id }, { jobKey: id, runAt: sending.at, maxAttempts: MAX_ATTEMPTS });
        break;
      case "digest":
        await leaveToDigest(db, id, sending.at);
    }
  }

  async function sendDigest(payload: unknown): Promise<void> {
    const { userId } = payload as { userId: string };
    for (;;) {
      const { to, parts } = await dueDigest(db, userId, MOST_PARTS);
      const ids = parts.map(({ id }) => id);
      if (ids.length === 0) {
        return;
      }
      // Another digest, if something has come to it, has another name.
      const messageId = `${ids[0]}-${ids.at(-1)}`;
      await deliver(to, { of: "DIGEST", ...digestOf(parts), messageId });
      await markMailed(db, ids);
    }
  }

  async function deliver(
    to: Addressee | undefined,
    { of, subject, text, messageId }: Mail,
  ): Promise<void> {
    if (!to) {
      throw new Error(`mail ${messageId} is for somebody whose address is not known yet`);
    }
    await transport.sendMail({
      from,
      to: { name: to.name, address: to.address },
      subject,
      text,
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

function digestOf(parts: readonly DigestPart[]): { subject: string; text: string } {
  const count = parts.length === 1 ? "1 message" : `${parts.length} messages`;
  const text = parts.map(({ title, body }) => `${title}\n${body}\n`).join("\n");
  return { subject: `${count} from Tradepost`, text };
}
