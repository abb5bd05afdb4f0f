/** For tests only: what became of mails. */
import { until } from "#kit/testing-until.ts";
import { type MailSink, startMailSink } from "../../infra/mail-sink/mail-sink.ts";
import type { Mail } from "../../infra/mail-sink/mailbox.ts";
import { type House, notificationHouse } from "./testing.ts";

/** A house whose mails are sent, and where they arrive. */
export async function mailingHouse() {
  const house = await notificationHouse();
  const sink = await startMailSink({ smtpPort: 0, httpPort: 0 });
  const post = house.mailing(sink.smtpUrl);
  await post.start();
  return {
    house,
    sink,
    async stop() {
      await post.stop();
      await sink.stop();
      await house.stop();
    },
  };
}

interface Summary {
  readonly id: number;
  readonly subject: string;
}

export async function mailsTo(sink: MailSink, address: string): Promise<Summary[]> {
  const answer = await fetch(`${sink.httpUrl}/mails?to=${address}`);
  return ((await answer.json()) as { mails: Summary[] }).mails;
}

/** The headers of the one mail with that subject. */
export async function headersOf(
  sink: MailSink,
  address: string,
  subject: string,
): Promise<Mail["headers"]> {
  return (await mailTo(sink, address, subject)).headers;
}

export async function textTo(sink: MailSink, address: string, subject: string): Promise<string> {
  return (await mailTo(sink, address, subject)).text;
}

async function mailTo(sink: MailSink, address: string, subject: string): Promise<Mail> {
  const found = (await mailsTo(sink, address)).find((mail) => mail.subject === subject);
  const answer = await fetch(`${sink.httpUrl}/mails/${found?.id}`);
  return (await answer.json()) as Mail;
}

/** Ends when that many of the person's mails were sent, and none is to do. */
export async function sent(house: House, userId: string, count: number): Promise<void> {
  await until(async () => {
    const { rows } = await house.db.query(
      `select count(*) filter (where mail_time is not null)::int as sent,
              count(*) filter (where j.key is not null)::int as due
         from notifications n left join graphile_worker.jobs j on j.key = n.id
        where user_id = $1`,
      [userId],
    );
    return rows[0]?.due === 0 && rows[0]?.sent === count;
  });
}

/** Ends when each of the person's mails was tried in vain. */
export async function tried(house: House, userId: string, why: RegExp): Promise<void> {
  await until(async () => {
    const { rows } = await house.db.query<{ last_error: string | null }>(
      `select j.last_error from notifications n left join graphile_worker.jobs j on j.key = n.id
        where user_id = $1`,
      [userId],
    );
    return rows.every(({ last_error }) => why.test(last_error ?? ""));
  });
}
