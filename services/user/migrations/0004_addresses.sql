create table addresses (
  id          text primary key,
  user_id     text not null references users (id),
  street      text not null,
  city        text not null,
  state       text not null,
  zip         text not null,
  country     text not null,
  version     bigint not null default 1,
  create_time timestamptz not null default date_trunc('milliseconds', now()),
  update_time timestamptz not null default date_trunc('milliseconds', now())
);

create index addresses_newest on addresses (user_id, create_time desc, id desc);

-- Here and not in the address's row, so that there is never more than one.
alter table users add column default_address text;
