/** The SQL of phone numbers, their codes, and what goes to them. */
import { type Db, named, type Tx } from "#kit/db.ts";
import { Fault } from "#kit/errors.ts";
import type { Log } from "#kit/log.ts";
import { pruneInBites } from "#kit/pruning.ts";
import { rounds } from "#kit/rounds.ts";
import type { Worker } from "#kit/service.ts";
import type { Kind } from "./kinds.ts";
import type { Reader } from "./locale.ts";
import { type ReaderRow, readerOf, type TimingRow, timingOf } from "./preferences-store.ts";
import type { Timing } from "./timing.ts";

export interface Phone {
  readonly number: string;
  readonly isVerified: boolean;
  readonly createTime: Date;
  readonly updateTime: Date;
}

/** What is to be told by SMS. */
export interface DueSms {
  readonly number: string;
  readonly kind: Kind;
  readonly title: string;
  readonly body: string;
  readonly timing: Timing;
}

/** Of a person, and of a number, in a day. */
const MOST_CODES = 5;
/** Of sending a code, within two minutes: who waits longer asks again. */
const CODE_ATTEMPTS = 5;
const MOST_TRIES = 5;
const PRUNE_EVERY_MS = 3_600_000;

/** undefined: there is none. */
export async function getPhone(db: Db, userId: string): Promise<Phone | undefined> {
  const { rows } = await db.query<Phone>(get([userId]));
  return rows[0];
}

/**
 * Keeps a number, with the job of a code unless it is verified. RATE_LIMITED after too many;
 * persons with one number that ask at the same moment may go over its limit by as many.
 */
export async function setPhone(tx: Tx, userId: string, number: string): Promise<Phone> {
  const { rows } = await tx.query<Phone>(set([userId, number]));
  const [phone] = rows as [Phone];
  if (!phone.isVerified) {
    const { rowCount } = await tx.query(askForCode([userId, number, MOST_CODES, CODE_ATTEMPTS]));
    if (rowCount === 0) {
      const lately = `${MOST_CODES} codes were sent within a day`;
      throw new Fault("RATE_LIMITED", `${lately} to this number, or to this person`);
    }
  }
  return phone;
}

export async function dropPhone(db: Db, userId: string): Promise<void> {
  await db.query(drop([userId]));
}

/** Answers where the code goes, and to whom; undefined: nobody waits for it any more. */
export async function keepCode(
  db: Db,
  userId: string,
  hash: Buffer,
): Promise<{ readonly number: string; readonly reader: Reader } | undefined> {
  const { rows } = await db.query<ReaderRow & { number: string }>(keepHash([userId, hash]));
  const [row] = rows;
  return row && { number: row.number, reader: readerOf(row) };
}

/**
 * Counts a try, whether or not it is the code; the phone is verified afterwards if it was, or if it
 * had been before. undefined: there is none.
 */
export async function tryCode(db: Db, userId: string, hash: Buffer): Promise<Phone | undefined> {
  const { rows } = await db.query<Phone>(verify([userId, hash, MOST_TRIES]));
  return rows[0];
}

/** undefined: its person has no verified number any more. */
export async function dueSms(db: Db, notificationId: string): Promise<DueSms | undefined> {
  const { rows } = await db.query<Omit<DueSms, "timing"> & TimingRow>(due([notificationId]));
  const [row] = rows;
  return row && { ...row, timing: timingOf(row) };
}

/** Of a number that takes nothing: its person may verify it again. */
export async function doubtNumber(db: Db, number: string): Promise<void> {
  await db.query(doubt([number]));
}

/** Of those that count no more. */
export function codePruning(db: Db, log: Log): Worker {
  const failure = "old codes of phones could not be deleted";
  return rounds({ everyMs: PRUNE_EVERY_MS, log, failure }, () => forgetCodes(db));
}

export async function forgetCodes(db: Db): Promise<void> {
  await pruneInBites(db, forget);
}

const columns = `number, verify_time is not null as "isVerified", create_time as "createTime",
  update_time as "updateTime"`;

const get = named("phone.get", `select ${columns} from phones where user_id = $1`);

const set = named(
  "phone.set",
  `insert into phones as p (user_id, number) values ($1, $2)
   on conflict (user_id) do update
      set number = excluded.number,
          verify_time = case when p.number = excluded.number then p.verify_time end,
          code_hash = case when p.number = excluded.number then p.code_hash end,
          update_time = case when p.number = excluded.number then p.update_time else now() end
   returning ${columns}`,
);

const askForCode = named(
  "phone.ask",
  `with lately as (
     select count(*) filter (where user_id = $1) as own,
            count(*) filter (where number = $2) as same
       from phone_codes
      where (user_id = $1 or number = $2) and create_time > now() - interval '1 day'
   ), asked as (
     insert into phone_codes (user_id, number)
     select $1, $2 from lately where own < $3 and same < $3
     returning user_id
   )
   select graphile_worker.add_job('phone-code', json_build_object('userId', user_id),
            job_key => 'phone-code ' || user_id, max_attempts => $4)
     from asked`,
);

const drop = named("phone.drop", "delete from phones where user_id = $1");

const keepHash = named(
  "phone.keep-code",
  `with kept as (
     update phones set code_hash = $2, code_tries = 0, code_expire = now() + interval '10 minutes'
      where user_id = $1 and verify_time is null
     returning user_id, number
   )
   select number, locale, time_zone from kept left join preferences using (user_id)`,
);

const verify = named(
  "phone.verify",
  `update phones p
      set code_tries = code_tries + 1,
          verify_time = case when is_right then now() else verify_time end,
          code_hash = case when is_right then null else code_hash end,
          update_time = case when is_right then now() else update_time end
     from (select verify_time is null and code_hash = $2 and code_expire > now()
                  and code_tries < $3 as is_right
             from phones where user_id = $1 for update) as told
    where user_id = $1
   returning ${columns}`,
);

const due = named(
  "phone.due",
  `select ph.number, n.kind, n.title, n.body,
          p.time_zone, p.quiet_from, p.quiet_until, p.digest
     from notifications n
     join phones ph using (user_id)
     left join preferences p using (user_id)
    where n.id = $1 and ph.verify_time is not null`,
);

const doubt = named(
  "phone.doubt",
  "update phones set verify_time = null, update_time = now() where number = $1",
);

const forget = named(
  "phone.forget",
  `delete from phone_codes
    where id = any (array(
      select id from phone_codes where create_time < now() - interval '1 day'
       limit $1 for update skip locked))`,
);
