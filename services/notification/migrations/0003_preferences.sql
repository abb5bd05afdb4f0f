-- How people want to be told; whoever never said has no row.
create table preferences (
  user_id     text primary key,
  -- `MAIL ORDER_SHIPPED`: of such kinds they are not told there.
  muted       text[] not null,
  time_zone   text not null,
  -- Minutes since midnight there.
  quiet_from  smallint check (quiet_from between 0 and 1439),
  quiet_until smallint check (quiet_until between 0 and 1439),
  digest      text not null check (digest in ('NONE', 'DAILY', 'WEEKLY')),
  version     bigint not null,
  create_time timestamptz not null,
  update_time timestamptz not null,
  constraint preferences_quiet_hours_are_whole check ((quiet_from is null) = (quiet_until is null))
);

alter table notifications
  -- As its person wanted when it happened: not in the inbox, not by mail.
  add column is_hidden boolean not null default false,
  add column is_unmailed boolean not null default false,
  -- Its mail is one of a digest.
  add column is_digested boolean not null default false;

create index notifications_digested on notifications (user_id)
  where is_digested and mail_time is null;
