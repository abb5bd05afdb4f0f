/** The statements of sending mails. */
import { type Db, named } from "#kit/db.ts";

/** A mail that is still to be sent. */
interface DueMail {
  readonly id: string;
  readonly title: string;
  readonly body: string;
  /** null while the person is not known here yet. */
  readonly email: string | null;
  readonly fullName: string;
}

/** undefined: it was sent already. */
export async function dueMail(db: Db, id: string): Promise<DueMail | undefined> {
  const { rows } = await db.query<DueMail>(due([id]));
  return rows[0];
}

export async function markMailed(db: Db, id: string): Promise<void> {
  await db.query(mailed([id]));
}

const due = named(
  "notification.due",
  `select n.id, n.title, n.body, c.email, coalesce(c.full_name, '') as "fullName"
     from notifications n
     left join contacts c using (user_id)
    where n.id = $1 and n.mail_time is null`,
);

const mailed = named(
  "notification.mailed",
  "update notifications set mail_time = now() where id = $1",
);
