/**
 * Sends the mails that are to do. SMTP has no idempotency: a process that dies
 * between the server's answer and our note of it sends that one mail again,
 * under the same Message-ID, which most servers drop.
 */
import { EventEmitter } from "node:events";
import {
  type JobHelpers,
  Logger,
  type Runner,
  run,
  runMigrations,
  type WorkerEvents,
} from "graphile-worker";
import { createTransport } from "nodemailer";
import type { Db } from "#kit/db.ts";
import type { Log } from "#kit/log.ts";
import { mailPool } from "./mail-pool.ts";
import {
  type Addressee,
  type DigestPart,
  dueDigest,
  dueMail,
  leaveToDigest,
  MAX_ATTEMPTS,
  markMailed,
} from "./mail-store.ts";
import { mailWorkers } from "./mail-workers.ts";
import { sendingOf } from "./preferences.ts";

export interface MailOptions {
  readonly db: Db;
  /** The same database's, for the worker's own connections. */
  readonly url: string;
  readonly log: Log;
  readonly smtpUrl: string;
  readonly from: string;
  /** Mails a second at most; what is more waits its turn. */
  readonly perSecond: number;
}

/**
 * The worker writes the ids of failed jobs as JSON, so it cannot live with our pools, which read
 * them as bigint. One connection listens, one takes jobs, one ends them.
 */
const CONNECTIONS = 3;
/** What is more goes in a mail of its own. */
const MOST_PARTS = 100;

/** Brings the jobs' own tables up to date; `notify` needs them. */
export async function prepareMails(url: string): Promise<void> {
  await runMigrations({ connectionString: url, maxPoolSize: 1, logger: quiet });
}

/** A worker of the jobs that `notify` writes; each is tried 20 times with growing pauses. */
export function mailing({ db, url, log, smtpUrl, from, perSecond }: MailOptions) {
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
      case "now":
        await deliver(mail.to, { subject: mail.title, text: mail.body, messageId: id });
        await markMailed(db, [id]);
        break;
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
      await deliver(to, { ...digestOf(parts), messageId: `${ids[0]}-${ids.at(-1)}` });
      await markMailed(db, ids);
    }
  }

  async function deliver(
    to: Addressee | undefined,
    { subject, text, messageId }: { subject: string; text: string; messageId: string },
  ): Promise<void> {
    if (!to) {
      throw new Error(`mail ${messageId} is for somebody whose address is not known yet`);
    }
    await transport.sendMail({
      from,
      to,
      subject,
      text,
      messageId: `<${messageId}@tradepost.dev>`,
    });
  }

  const logger = new Logger(() => (level, message) => {
    if (level === "error" || level === "warning") {
      log.warn({ job: "mail" }, message);
    }
  });
  const pool = mailPool(url, CONNECTIONS);
  const workers = mailWorkers(url, log);
  const events: WorkerEvents = new EventEmitter();
  // Jobs are held in the name of the pool, not of its workers.
  events.on("pool:create", ({ workerPool }) => workers.add(workerPool.id));
  let runner: Runner | undefined;
  return {
    async start() {
      workers.start();
      runner = await run({
        pgPool: pool,
        events,
        taskList: { mail: send, digest: sendDigest },
        concurrency: CONNECTIONS,
        pollInterval: 2_000,
        noHandleSignals: true,
        logger,
      });
    },
    async stop() {
      await runner?.stop();
      await workers.stop();
      transport.close();
      await pool.end();
    },
  };
}

const quiet = new Logger(() => () => {
  // What goes wrong is thrown.
});

function digestOf(parts: readonly DigestPart[]): { subject: string; text: string } {
  const count = parts.length === 1 ? "1 message" : `${parts.length} messages`;
  const text = parts.map(({ title, body }) => `${title}\n${body}\n`).join("\n");
  return { subject: `${count} from Tradepost`, text };
}
