/** The SQL of how people want to be told. */
import { type Db, named } from "#kit/db.ts";
import { Fault } from "#kit/errors.ts";
import { type Muted, type Preferences, UNSET } from "./preferences.ts";
import type { Digest, Timing } from "./timing.ts";

/** With when they were set; version 0 and no times: never. */
export interface KeptPreferences extends Preferences {
  readonly version: bigint;
  readonly createTime: Date | undefined;
  readonly updateTime: Date | undefined;
}

export async function getPreferences(db: Db, userId: string): Promise<KeptPreferences> {
  const { rows } = await db.query<PreferencesRow>(get([userId]));
  return rows[0]
    ? toPreferences(rows[0])
    : { ...UNSET, version: 0n, createTime: undefined, updateTime: undefined };
}

/** STALE_ETAG if they are not of that version; undefined: whatever they are. */
export async function setPreferences(
  db: Db,
  userId: string,
  { muted, timeZone, quietHours, digest }: Preferences,
  version: bigint | undefined,
): Promise<KeptPreferences> {
  const { from = null, until = null } = quietHours ?? {};
  const values = [userId, [...muted].sort(), timeZone, from, until, digest, version];
  const { rows } = await db.query<PreferencesRow>(set(values));
  if (!rows[0]) {
    throw new Fault("STALE_ETAG", "the preferences have changed since they were read");
  }
  return toPreferences(rows[0]);
}

/** Adds to what the person with that key muted; false: nobody has it. */
export async function mute(db: Db, key: string, muted: readonly Muted[]): Promise<boolean> {
  const { rows } = await db.query(muteAlso([key, muted, UNSET.timeZone, UNSET.digest]));
  return rows.length > 0;
}

/** All null of whoever never set any. */
export interface TimingRow {
  readonly time_zone: string | null;
  readonly quiet_from: number | null;
  readonly quiet_until: number | null;
  readonly digest: Digest | null;
}

export function timingOf(row: TimingRow): Timing {
  const { time_zone: timeZone, quiet_from: from, quiet_until: until, digest } = row;
  return {
    timeZone: timeZone ?? UNSET.timeZone,
    quietHours: from === null || until === null ? undefined : { from, until },
    digest: digest ?? UNSET.digest,
  };
}

interface PreferencesRow extends TimingRow {
  readonly muted: Muted[];
  readonly version: bigint;
  readonly create_time: Date;
  readonly update_time: Date;
}

function toPreferences(row: PreferencesRow): KeptPreferences {
  return {
    ...timingOf(row),
    muted: new Set(row.muted),
    version: row.version,
    createTime: row.create_time,
    updateTime: row.update_time,
  };
}

const columns = `muted, time_zone, quiet_from, quiet_until, digest, version, create_time, update_time`;

const isOther = `(
  (p.muted, p.time_zone, p.quiet_from, p.quiet_until, p.digest) is distinct from
  (excluded.muted, excluded.time_zone, excluded.quiet_from, excluded.quiet_until, excluded.digest))`;

const get = named(
  "notification.preferences.get",
  `select ${columns} from preferences where user_id = $1`,
);

const set = named(
  "notification.preferences.set",
  `insert into preferences as p
          (user_id, muted, time_zone, quiet_from, quiet_until, digest, version, create_time,
           update_time)
   select $1, $2::text[], $3, $4::smallint, $5::smallint, $6, 1, now(), now()
    where coalesce($7::bigint, 0) = 0 or exists (select from preferences where user_id = $1)
   on conflict (user_id) do update
      set muted = excluded.muted, time_zone = excluded.time_zone,
          quiet_from = excluded.quiet_from, quiet_until = excluded.quiet_until,
          digest = excluded.digest, version = p.version + ${isOther}::int,
          update_time = case when ${isOther} then now() else p.update_time end
    where $7::bigint is null or p.version = $7
   returning ${columns}`,
);

const muteAlso = named(
  "notification.preferences.mute",
  `with person as (
     select user_id from contacts where unsubscribe_key = $1
   ), added as (
     insert into preferences as p
            (user_id, muted, time_zone, digest, version, create_time, update_time)
     select user_id, $2::text[], $3, $4, 1, now(), now() from person
     on conflict (user_id) do update
        set muted = array(select distinct unnest(p.muted || excluded.muted) order by 1),
            version = p.version + 1, update_time = now()
      where not p.muted @> excluded.muted
   )
   select 1 from person`,
);
