-- Where programs of merchants and administrators are told of what happens.
create table webhook_endpoints (
  id              text primary key,
  user_id         text not null,
  -- Whose lines it hears of: a merchant's id, or `*` for everything.
  audience        text not null,
  url             text not null,
  -- Empty: all.
  event_types     text[] not null,
  description     text not null,
  -- Both null while it is enabled.
  disabled_reason text check (disabled_reason in ('BY_OWNER', 'GONE', 'FAILING')),
  disabled_time   timestamptz,
  -- Of the first failure since the last success.
  failing_since   timestamptz,
  version         bigint not null,
  create_time     timestamptz not null,
  update_time     timestamptz not null,
  constraint webhook_endpoints_are_disabled_for_a_reason
    check ((disabled_reason is null) = (disabled_time is null))
);

create index webhook_endpoints_by_user
  on webhook_endpoints (user_id, create_time desc, id desc);
create index webhook_endpoints_listening on webhook_endpoints (audience)
  where disabled_time is null;

-- Apart, so that nothing reads them that does not sign.
create table webhook_secrets (
  id          text primary key,
  endpoint_id text not null references webhook_endpoints on delete cascade,
  secret      text not null,
  -- By KEY_ENCRYPTION_KEY, bound to the id.
  is_sealed   boolean not null,
  create_time timestamptz not null,
  -- Null: the present one. Others sign beside it until then.
  expire_time timestamptz
);

create index webhook_secrets_by_endpoint on webhook_secrets (endpoint_id);
create unique index webhook_secrets_present on webhook_secrets (endpoint_id)
  where expire_time is null;

-- No foreign key: an endpoint goes at once, its deliveries when their time is up.
create table webhook_deliveries (
  id            text primary key,
  endpoint_id   text not null,
  event_id      uuid not null,
  event_type    text not null,
  payload       text not null,
  status        text not null check (status in ('PENDING', 'SUCCEEDED', 'FAILED')),
  attempts      int not null default 0,
  -- Tries since it was due at first, or was redelivered.
  tries         int not null default 0,
  last_status   int,
  last_error    text,
  last_time     timestamptz,
  last_ms       int,
  -- Not before then; pushed on while somebody is at it, so that nobody else is.
  next_time     timestamptz,
  create_time   timestamptz not null,
  update_time   timestamptz not null,
  constraint webhook_deliveries_are_due_while_pending
    check ((status = 'PENDING') = (next_time is not null)),
  -- Each event is told once.
  constraint webhook_deliveries_once unique (endpoint_id, event_id, event_type)
) with (fillfactor = 80);

create index webhook_deliveries_by_endpoint
  on webhook_deliveries (endpoint_id, create_time desc, id desc);
-- What pruning asks.
create index webhook_deliveries_by_age on webhook_deliveries (create_time);
