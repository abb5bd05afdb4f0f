create table notifications (
  id          text primary key,
  -- The event that it came from: each tells a person once.
  event_id    uuid not null,
  user_id     text not null,
  kind        text not null,
  title       text not null,
  body        text not null,
  order_id    text,
  open_time   timestamptz,
  -- When the mail server took the mail; null: it is still to do.
  mail_time   timestamptz,
  create_time timestamptz not null default now(),
  update_time timestamptz not null default now(),
  unique (event_id, user_id)
) with (fillfactor = 80);

create index notifications_by_user on notifications (user_id, create_time desc, id desc);
create index notifications_unread on notifications (user_id) where open_time is null;

-- Where people can be reached, from the events of topic `users`.
create table contacts (
  user_id   text primary key,
  email     text not null,
  full_name text not null,
  sequence  bigint not null
);
