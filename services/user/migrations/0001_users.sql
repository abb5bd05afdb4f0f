create table users (
  id            text primary key,
  -- As it was given; mail goes here.
  email         text not null,
  -- As it is compared: NFC, lower case.
  email_key     text not null unique,
  password_hash text not null,
  full_name     text not null,
  roles         text[] not null
                check (roles <@ array['CUSTOMER', 'MERCHANT', 'SUPPORT', 'ADMIN']),
  -- Counts the events about this person and is the etag.
  version       bigint not null default 1,
  create_time   timestamptz not null default now(),
  update_time   timestamptz not null default now()
);

-- One row for each pair of e-mail and address prefix that lately failed to sign
-- in. The pair is a hash, because people type passwords into the wrong field.
create table login_failures (
  pair        bytea primary key,
  -- At most the last five.
  failed_at   timestamptz[] not null,
  expire_time timestamptz not null
);

create index login_failures_expire_time on login_failures (expire_time);
