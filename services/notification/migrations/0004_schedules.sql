-- What people planned to be told; one that comes once goes when it has come.
create table schedules (
  id          text primary key,
  user_id     text not null,
  title       text not null,
  body        text not null,
  -- null: once.
  cron        text,
  time_zone   text not null,
  next_time   timestamptz not null,
  last_time   timestamptz,
  create_time timestamptz not null
);

create index schedules_by_time on schedules (next_time);
create index schedules_by_user on schedules (user_id, create_time desc, id desc);
create index schedules_newest on schedules (create_time desc, id desc);

-- Whoever knows it may switch off its person's mails.
alter table contacts add column unsubscribe_key uuid not null default gen_random_uuid();

create unique index contacts_by_unsubscribe_key on contacts (unsubscribe_key);

-- What is counted is asked by time; rows come nearly in its order.
create index notifications_by_time on notifications using brin (create_time);
