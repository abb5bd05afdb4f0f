-- Where people's browsers take messages.
create table push_subscriptions (
  id              uuid primary key default gen_random_uuid(),
  user_id         text not null,
  endpoint        text not null,
  p256dh          bytea not null,
  auth            bytea not null,
  expiration_time timestamptz,
  create_time     timestamptz not null default now()
);

create unique index push_subscriptions_by_endpoint on push_subscriptions (endpoint);
create index push_subscriptions_by_user on push_subscriptions (user_id);

-- What push services know us by; browsers subscribe to it, so that it stays.
create table push_key (
  is_only boolean primary key default true check (is_only),
  jwk     jsonb not null
);
