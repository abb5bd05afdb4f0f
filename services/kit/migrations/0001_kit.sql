-- What every service's database holds besides its own tables.

create table outbox (
  -- Ids are given out at insert and committed out of order: nothing may poll
  -- "id > last". Within one key they are in order, because the writer holds the
  -- aggregate's row.
  id           bigint generated always as identity primary key,
  event_id     uuid not null unique,
  topic        text not null,
  key          text not null,
  type         text not null,
  -- Null is a tombstone.
  payload      text,
  occurred_at  timestamptz not null,
  traceparent  text not null,
  -- More headers, for dead letters.
  headers      jsonb,
  created_at   timestamptz not null default now(),
  published_at timestamptz
) with (
  -- Every row is updated once, and soon.
  fillfactor = 60,
  autovacuum_vacuum_scale_factor = 0.02,
  autovacuum_vacuum_insert_scale_factor = 0.05,
  autovacuum_vacuum_cost_delay = 0
);

create index outbox_unpublished on outbox (id) where published_at is null;

create table inbox (
  consumer text not null,
  event_id uuid not null,
  seen_at  timestamptz not null default now(),
  primary key (consumer, event_id)
);

-- Only pruning asks by time.
create index inbox_seen_at on inbox using brin (seen_at);

create table idempotency_keys (
  -- Whose key: the same words from two callers are two keys.
  caller       text not null,
  rpc          text not null,
  key          text not null,
  request_hash bytea not null,
  -- Null while the first call runs.
  status       smallint,
  details      bytea,
  answer       bytea,
  created_at   timestamptz not null default now(),
  primary key (caller, rpc, key)
);

create index idempotency_keys_created_at on idempotency_keys (created_at);

create table dead_letters (
  id              bigint generated always as identity primary key,
  consumer        text not null,
  topic           text not null,
  partition       integer not null,
  "offset"        bigint not null,
  key             text not null,
  event_id        uuid not null,
  type            text not null,
  payload         text,
  headers         jsonb not null,
  error           text not null,
  attempts        integer not null,
  first_failed_at timestamptz not null,
  last_failed_at  timestamptz not null default now(),
  -- Did not fail itself, but came after an event of its key that did.
  parked          boolean not null default false,
  redriven_at     timestamptz,
  unique (consumer, event_id)
);

create index dead_letters_open on dead_letters (consumer, topic, key) where redriven_at is null;
