import PostalMime from "postal-mime";

/** As it was received; reading it is left until somebody asks. */
interface Received {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: Buffer;
  readonly receivedAt: Date;
}

export interface MailSummary {
  readonly id: number;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly receivedAt: string;
}

export interface Mail extends MailSummary {
  readonly text: string;
  readonly html: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Mailbox {
  add(mail: Received): void;
  /** Newest first. */
  list(filter: { to?: string | undefined; limit?: number | undefined }): Promise<MailSummary[]>;
  get(id: number): Promise<Mail | undefined>;
}

/** The last `capacity` mails, in memory. Ids count from 1. */
export function createMailbox(capacity: number): Mailbox {
  const mails = new Map<number, Received & { read?: Promise<Mail> }>();
  let last = 0;

  function get(id: number): Promise<Mail | undefined> {
    const mail = mails.get(id);
    if (!mail) {
      return Promise.resolve(undefined);
    }
    mail.read ??= read(id, mail);
    return mail.read;
  }

  return {
    get,
    add(mail) {
      last += 1;
      mails.set(last, { ...mail });
      mails.delete(last - capacity);
    },
    async list({ to, limit = 100 }) {
      const wanted = to?.toLowerCase();
      const ids: number[] = [];
      for (let id = last; id > 0 && mails.has(id) && ids.length < limit; id -= 1) {
        if (!wanted || mails.get(id)?.to.some((address) => address.toLowerCase() === wanted)) {
          ids.push(id);
        }
      }
      const found = await Promise.all(ids.map(get));
      return found.filter((mail) => mail !== undefined).map(summary);
    },
  };
}

async function read(id: number, { from, to, raw, receivedAt }: Received): Promise<Mail> {
  const { subject, text, html, headers } = await PostalMime.parse(raw);
  return {
    id,
    from,
    to,
    subject: subject ?? "",
    receivedAt: receivedAt.toISOString(),
    text: text ?? "",
    html: html ?? "",
    headers: Object.fromEntries(headers.map(({ key, value }) => [key, value])),
  };
}

function summary({ id, from, to, subject, receivedAt }: Mail): MailSummary {
  return { id, from, to, subject, receivedAt };
}
