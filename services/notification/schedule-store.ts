/** The SQL of what is planned. */
import { type Db, named, type Tx } from "#kit/db.ts";
import { Fault } from "#kit/errors.ts";

export interface Schedule {
  readonly id: string;
  readonly userId: string;
  readonly title: string;
  readonly body: string;
  /** null: once. */
  readonly cron: string | null;
  readonly timeZone: string;
  readonly nextTime: Date;
  readonly lastTime: Date | null;
  readonly createTime: Date;
}

export type NewSchedule = Omit<Schedule, "lastTime" | "createTime">;

export interface SchedulePage {
  readonly after: { readonly createTime: Date; readonly id: string } | undefined;
  readonly limit: number;
}

const MOST_OF_ONE = 100;

/** LIMIT_REACHED for one too many; calls at the same moment may go over it by as many. */
export async function addSchedule(tx: Tx, schedule: NewSchedule): Promise<Schedule> {
  const { id, userId, title, body, cron, timeZone, nextTime } = schedule;
  const { rows } = await tx.query<Schedule>(
    add([id, userId, title, body, cron, timeZone, nextTime, MOST_OF_ONE]),
  );
  if (!rows[0]) {
    throw new Fault("LIMIT_REACHED", `${MOST_OF_ONE} notifications are planned for ${userId}`);
  }
  return rows[0];
}

/** Last planned first; undefined: everybody's. */
export async function listSchedules(
  db: Db,
  userId: string | undefined,
  { after, limit }: SchedulePage,
): Promise<Schedule[]> {
  const { rows } = await db.query<Schedule>(list([userId, after?.createTime, after?.id, limit]));
  return rows;
}

/** NOTIFICATION_NOT_FOUND also for somebody else's; undefined: anybody's will do. */
export async function deleteSchedule(
  db: Db,
  userId: string | undefined,
  id: string,
): Promise<void> {
  const { rowCount } = await db.query(remove([userId, id]));
  if (rowCount === 0) {
    throw new Fault("NOTIFICATION_NOT_FOUND", `no planned notification ${id}`);
  }
}

export interface DueSchedule extends Schedule {
  /** By the database's clock, which is the same for all processes. */
  readonly now: Date;
}

/** Locks them, but those that another process is at. */
export async function dueSchedules(tx: Tx, limit: number): Promise<DueSchedule[]> {
  const { rows } = await tx.query<DueSchedule>(due([limit]));
  return rows;
}

/** When each comes again; undefined: never, and it goes. */
export async function moveOn(
  tx: Tx,
  moved: readonly { readonly id: string; readonly nextTime: Date | undefined }[],
): Promise<void> {
  await tx.query(move([moved.map(({ id }) => id), moved.map(({ nextTime }) => nextTime ?? null)]));
}

const columns = `id, user_id as "userId", title, body, cron, time_zone as "timeZone",
  next_time as "nextTime", last_time as "lastTime", create_time as "createTime"`;

const add = named(
  "notification.schedule.add",
  `insert into schedules (id, user_id, title, body, cron, time_zone, next_time, create_time)
   select $1, $2, $3, $4, $5, $6, $7, date_trunc('milliseconds', now())
    where (select count(*) from schedules where user_id = $2) < $8
   returning ${columns}`,
);

const list = named(
  "notification.schedule.list",
  `select ${columns}
     from schedules
    where ($1::text is null or user_id = $1)
      and ($2::timestamptz is null or (create_time, id) < ($2, $3::text))
    order by create_time desc, id desc
    limit $4`,
);

const remove = named(
  "notification.schedule.remove",
  "delete from schedules where id = $2 and ($1::text is null or user_id = $1)",
);

const due = named(
  "notification.schedule.due",
  `select ${columns}, now() as now
     from schedules
    where next_time <= now()
    order by next_time
    limit $1
      for update skip locked`,
);

const move = named(
  "notification.schedule.move",
  `with moved as (
     select * from unnest($1::text[], $2::timestamptz[]) as m (id, next_time)
   ), gone as (
     delete from schedules using moved
      where schedules.id = moved.id and moved.next_time is null
   )
   update schedules
      set next_time = moved.next_time, last_time = now()
     from moved
    where schedules.id = moved.id and moved.next_time is not null`,
);
