/** The SQL of what people see and do in their inboxes. */
import { LATE_MS, type Look } from "#kit/changes.ts";
import { type Db, named, type Tx } from "#kit/db.ts";
import { Fault } from "#kit/errors.ts";
import type { Page } from "#kit/newest-page.ts";
import type { Kind } from "./kinds.ts";

export interface Notification {
  readonly id: string;
  readonly kind: Kind;
  readonly title: string;
  readonly body: string;
  readonly orderId: string | null;
  readonly openTime: Date | null;
  readonly actTime: Date | null;
  readonly dismissTime: Date | null;
  readonly createTime: Date;
  readonly updateTime: Date;
}

/** What a person may do with a notification; who acts upon it has read it. */
export type Act = "open" | "act" | "dismiss";

/** Newest first, without what was dismissed or is not to be there. */
export async function listNotifications(
  db: Db,
  userId: string,
  unread: boolean,
  { after, limit }: Page,
): Promise<Notification[]> {
  const { rows } = await db.query<Notification>(
    list([userId, unread, after?.createTime, after?.id, limit]),
  );
  return rows;
}

export async function countUnread(db: Db, userId: string): Promise<number> {
  const { rows } = await db.query<{ unread: number }>(unreadOf([userId]));
  return rows[0]?.unread ?? 0;
}

/** NOTIFICATION_NOT_FOUND also for somebody else's. */
export async function getNotification(db: Db, userId: string, id: string): Promise<Notification> {
  const { rows } = await db.query<Notification>(get([userId, id]));
  return found(rows[0], id);
}

/** Of somebody who was told of an event. */
export async function toldOf(tx: Tx, userId: string, eventId: string): Promise<Notification> {
  const { rows } = await tx.query<Notification>(ofEvent([userId, eventId]));
  return found(rows[0], `of event ${eventId}`);
}

/** The first time stays. */
export async function mark(tx: Tx, userId: string, id: string, act: Act): Promise<Notification> {
  const { rows } = await tx.query<Notification>(
    marked([userId, id, act !== "dismiss", act === "act", act === "dismiss"]),
  );
  return found(rows[0], id);
}

/** Answers how many were not opened. */
export async function openAll(tx: Tx, userId: string): Promise<number> {
  const { rowCount } = await tx.query(openedAll([userId]));
  return rowCount ?? 0;
}

/** Of these people, those of whose notifications some changed. */
export async function whoseChanged(
  db: Db,
  userIds: readonly string[],
  last: Date | undefined,
): Promise<Look> {
  const { rows } = await db.query<Look>(changedOf([userIds, last, LATE_MS]));
  return rows[0] as Look;
}

/** Where a walk through changes is. */
export interface After {
  readonly updateTime: Date;
  readonly id: string;
}

/** In the order of their changes. */
export async function changedAfter(
  db: Db,
  userId: string,
  { updateTime, id }: After,
  limit: number,
): Promise<Notification[]> {
  const { rows } = await db.query<Notification>(changed([userId, updateTime, id, limit]));
  return rows;
}

function found(row: Notification | undefined, id: string): Notification {
  if (!row) {
    throw new Fault("NOTIFICATION_NOT_FOUND", `no notification ${id}`);
  }
  return row;
}

const columns = `id, kind, title, body, order_id as "orderId", open_time as "openTime",
  act_time as "actTime", dismiss_time as "dismissTime", create_time as "createTime",
  update_time as "updateTime"`;

const list = named(
  "notification.list",
  `select ${columns} from notifications
    where user_id = $1 and dismiss_time is null and not is_hidden
      and (not $2::boolean or open_time is null)
      and ($3::timestamptz is null or (create_time, id) < ($3, $4::text))
    order by create_time desc, id desc
    limit $5`,
);

const unreadOf = named(
  "notification.unread",
  `select count(*)::int as unread from notifications
    where user_id = $1 and open_time is null and dismiss_time is null and not is_hidden`,
);

const get = named(
  "notification.get",
  `select ${columns} from notifications where user_id = $1 and id = $2`,
);

const ofEvent = named(
  "notification.of-event",
  `select ${columns} from notifications where user_id = $1 and event_id = $2`,
);

const marked = named(
  "notification.mark",
  `update notifications
      set open_time = case when $3 then coalesce(open_time, now()) else open_time end,
          act_time = case when $4 then coalesce(act_time, now()) else act_time end,
          dismiss_time = case when $5 then coalesce(dismiss_time, now()) else dismiss_time end,
          update_time = case when $3 and open_time is null or $4 and act_time is null
                               or $5 and dismiss_time is null
                             then now() else update_time end
    where user_id = $1 and id = $2
   returning ${columns}`,
);

const openedAll = named(
  "notification.open-all",
  `update notifications set open_time = now(), update_time = now()
    where user_id = $1 and open_time is null and dismiss_time is null and not is_hidden`,
);

const changedOf = named(
  "notification.whose-changed",
  `select now() as at, array(
     select user_id from unnest($1::text[]) as watched (user_id)
      where exists (select from notifications n
                     where n.user_id = watched.user_id
                       and n.update_time >= coalesce($2::timestamptz, now())
                                            - $3 * interval '1 millisecond')) as changed`,
);

const changed = named(
  "notification.changed",
  // JavaScript's dates have milliseconds.
  `select ${columns} from notifications
    where user_id = $1 and update_time >= $2::timestamptz and not is_hidden
      and (date_trunc('milliseconds', update_time), id) > ($2, $3::text)
    order by date_trunc('milliseconds', update_time), id
    limit $4`,
);
