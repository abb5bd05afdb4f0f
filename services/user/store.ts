/** Every SQL statement about accounts. */
import { type Db, named, type Tx } from "#kit/db.ts";
import { Fault } from "#kit/errors.ts";
import { appendToOutbox, type OutgoingEvent, outboxColumns } from "#kit/outbox.ts";
import { toEvents } from "./events.ts";
import { type Change, emailKey, type User } from "./user.ts";
import { toUser, type UserRow, userColumns } from "./user-rows.ts";

export interface NewAccount extends Change {
  readonly passwordHash: string;
  /** Of the mail by which the address is to be shown to be theirs; absent: none is sent. */
  readonly verificationId?: string;
}

/** Adds those whose id and e-mail are free, with their events, and answers their ids. */
export async function addUsers(
  db: Db,
  accounts: readonly NewAccount[],
  traceparent: string,
): Promise<ReadonlySet<string>> {
  const users = accounts.map(({ user }) => user);
  const events: OutgoingEvent[] = accounts.flatMap((account) => toEvents(account, traceparent));
  const { rows } = await db.query<{ id: string }>(
    insertUsers([
      users.map(({ id }) => id),
      users.map(({ email }) => email),
      users.map(({ email }) => emailKey(email)),
      accounts.map(({ passwordHash }) => passwordHash),
      users.map(({ fullName }) => fullName),
      users.map(({ roles }) => roles.join()),
      users.map(({ createTime }) => createTime),
      users.map(({ emailVerifyTime }) => emailVerifyTime ?? null),
      accounts.map(({ verificationId }) => verificationId ?? null),
      traceparent,
      ...outboxColumns(events),
    ]),
  );
  return new Set(rows.map(({ id }) => id));
}

const insertUsers = named(
  "user.add",
  `with given as materialized (
     select id, email, email_key, password_hash, full_name, roles, now, verify_time, verification_id
       from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
                   $7::timestamptz[], $8::timestamptz[], $9::uuid[])
            as given (id, email, email_key, password_hash, full_name, roles, now, verify_time,
                      verification_id)
   ), added as (
     insert into users (id, email, email_key, password_hash, full_name, roles,
                        create_time, update_time, email_verify_time)
     select id, email, email_key, password_hash, full_name, string_to_array(roles, ','), now, now,
            verify_time
       from given
         on conflict do nothing
     returning id
   ), asked as (
     insert into mail_requests (id, kind, user_id, traceparent, create_time)
     select given.verification_id, 'verify_email', given.id, $10, given.now
       from given join added using (id)
      where given.verification_id is not null
   ), told as (
     insert into outbox (event_id, topic, key, type, payload, occurred_at, traceparent)
     select event_id, topic, key, type, payload, occurred_at, traceparent
       from unnest($11::uuid[], $12::text[], $13::text[], $14::text[], $15::text[],
                   $16::timestamptz[], $17::text[])
            as given (event_id, topic, key, type, payload, occurred_at, traceparent)
      where key in (select id from added)
   )
   select id from added`,
);

export async function getUser(db: Db, id: string): Promise<User> {
  const { rows } = await db.query<UserRow>(selectUser([id]));
  return found(rows[0], id);
}

/**
 * Waits for whoever else changes what a person may have only so much of; in a statement of its own,
 * so that the next one sees what they wrote.
 */
export async function lockPerson(tx: Tx, userId: string): Promise<void> {
  const { rowCount } = await tx.query(holdPerson([userId]));
  if (rowCount === 0) {
    throw noUser(userId);
  }
}

const holdPerson = named("user.hold", "select from users where id = $1 for no key update");

/** Locks the account, lets `decide` change it, and saves it with its facts. */
export async function updateUser(
  tx: Tx,
  id: string,
  decide: (user: User) => Change,
  traceparent: string,
): Promise<User> {
  const { rows } = await tx.query<UserRow>(lockUser([id]));
  const change = decide(found(rows[0], id));
  if (change.facts.length > 0) {
    await tx.query(saveUser(valuesOf(change.user)));
    await appendToOutbox(tx, toEvents(change, traceparent));
  }
  return change.user;
}

const selectUser = named("user.get", `select ${userColumns} from users u where u.id = $1`);

const lockUser = named(
  "user.lock",
  `select ${userColumns} from users u where u.id = $1 for update`,
);

const saveUser = named(
  "user.save",
  `update users
      set full_name = $2, roles = $3, version = $4, update_time = $5, email_verify_time = $6,
          lock_time = $7, tokens_from = $8
    where id = $1`,
);

function valuesOf(user: User): unknown[] {
  const { id, fullName, roles, version, updateTime } = user;
  const times = [user.emailVerifyTime, user.lockTime, user.tokensFrom].map((time) => time ?? null);
  return [id, fullName, roles, version, updateTime, ...times];
}

function found(row: UserRow | undefined, id: string): User {
  if (!row) {
    throw noUser(id);
  }
  return toUser(row);
}

function noUser(id: string): Fault {
  return new Fault("USER_NOT_FOUND", `no user ${id}`);
}
