-- One minute of event time, by currency and merchant; merchant '' is the whole
-- shop. Amounts are in the currency's minor unit.
create table windows (
  start_time    timestamptz not null,
  currency      text        not null,
  merchant_id   text        not null,
  orders        integer     not null,
  units         bigint      not null,
  order_total   bigint      not null,
  unique_buyers integer     not null,
  revenue       bigint      not null,
  refunded      bigint      not null,
  rejected      integer     not null,
  cancelled     integer     not null,
  final         boolean     not null default false,
  version       bigint      not null default 1,
  -- The version that topic analytics-results has.
  published     bigint      not null default 0,
  update_time   timestamptz not null default now(),
  primary key (start_time, currency, merchant_id)
) with (fillfactor = 60);

create index windows_unpublished on windows (start_time) where published < version;
create index windows_open on windows (start_time) where not final;

-- Who bought in a window, so that nobody counts twice.
create table window_buyers (
  start_time  timestamptz not null,
  currency    text        not null,
  merchant_id text        not null,
  user_id     text        not null,
  primary key (start_time, currency, merchant_id, user_id)
);

-- How far each partition is in event time; the watermark is the smallest.
create table progress (
  topic      text        not null,
  partition  integer     not null,
  event_time timestamptz not null,
  seen_at    timestamptz not null default now(),
  primary key (topic, partition)
);
