/** The SQL of web push: browsers, what goes to them, and the key that we are known by. */
import type { JWK } from "jose";
import { type Db, named, type Tx } from "#kit/db.ts";
import { Fault } from "#kit/errors.ts";
import type { Kind } from "./kinds.ts";
import { type TimingRow, timingOf } from "./preferences-store.ts";
import type { SubscriptionKeys } from "./push-encryption.ts";
import type { Timing } from "./timing.ts";

export interface Subscription extends SubscriptionKeys {
  readonly endpoint: string;
  /** null: never. */
  readonly expirationTime: Date | null;
}

export interface KeptSubscription extends Subscription {
  readonly createTime: Date;
}

/** Something that a browser is to be told. */
export interface DuePush extends SubscriptionKeys {
  readonly endpoint: string;
  readonly kind: Kind;
  readonly title: string;
  readonly body: string;
  readonly orderId: string | null;
  readonly timing: Timing;
}

/** What a job of task `push` is about. */
export interface PushJob {
  readonly notificationId: string;
  readonly subscriptionId: string;
}

const MOST_OF_ONE = 20;

/** LIMIT_REACHED for one too many; calls at the same moment may go over it by as many. */
export async function keepSubscription(
  tx: Tx,
  userId: string,
  { endpoint, p256dh, auth, expirationTime }: Subscription,
): Promise<KeptSubscription> {
  const { rows } = await tx.query<KeptSubscription>(
    keep([userId, endpoint, p256dh, auth, expirationTime, MOST_OF_ONE]),
  );
  if (!rows[0]) {
    throw new Fault("LIMIT_REACHED", `${MOST_OF_ONE} browsers are kept of ${userId}`);
  }
  return rows[0];
}

/** undefined: all of the person's. */
export async function dropSubscriptions(
  db: Db,
  userId: string,
  endpoint: string | undefined,
): Promise<void> {
  await db.query(drop([userId, endpoint]));
}

/** Of a browser that takes nothing any more. */
export async function forgetSubscription(db: Db, id: string): Promise<void> {
  await db.query(forget([id]));
}

/** undefined: the browser is not kept any more. */
export async function duePush(db: Db, job: PushJob): Promise<DuePush | undefined> {
  const { rows } = await db.query<Omit<DuePush, "timing"> & TimingRow>(
    due([job.notificationId, job.subscriptionId]),
  );
  const [row] = rows;
  return row && { ...row, timing: timingOf(row) };
}

/** The one that is kept; `fresh`, if none was. */
export async function pushKey(db: Db, fresh: JWK): Promise<JWK> {
  const { rows } = await db.query<{ jwk: JWK }>(key([JSON.stringify(fresh)]));
  return rows[0]?.jwk ?? fresh;
}

const keep = named(
  "notification.push.keep",
  `insert into push_subscriptions as s (user_id, endpoint, p256dh, auth, expiration_time)
   select $1, $2, $3::bytea, $4::bytea, $5::timestamptz
    where (select count(*) from push_subscriptions where user_id = $1 and endpoint <> $2) < $6
   on conflict (endpoint) do update
      set user_id = excluded.user_id, p256dh = excluded.p256dh, auth = excluded.auth,
          expiration_time = excluded.expiration_time
   returning endpoint, p256dh, auth, expiration_time as "expirationTime",
             create_time as "createTime"`,
);

const drop = named(
  "notification.push.drop",
  "delete from push_subscriptions where user_id = $1 and ($2::text is null or endpoint = $2)",
);

const forget = named("notification.push.forget", "delete from push_subscriptions where id = $1");

const due = named(
  "notification.push.due",
  `select s.endpoint, s.p256dh, s.auth, n.kind, n.title, n.body, n.order_id as "orderId",
          p.time_zone, p.quiet_from, p.quiet_until, p.digest
     from push_subscriptions s
     join notifications n on n.id = $1 and n.user_id = s.user_id
     left join preferences p on p.user_id = s.user_id
    where s.id = $2 and (s.expiration_time is null or s.expiration_time > now())`,
);

const key = named(
  "notification.push.key",
  `insert into push_key (jwk) values ($1)
   on conflict (is_only) do update set jwk = push_key.jwk
   returning jwk`,
);
