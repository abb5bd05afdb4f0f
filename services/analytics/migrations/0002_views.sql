-- What is counted beside windows, each in the transaction of the events that change it. Merchant ''
-- is the whole shop; amounts are in the currency's minor unit; hours, days and months are UTC's.

-- Windows added up, so that a year is read in a few hundred rows.
create table rollups (
  merchant_id text collate "C" not null,
  grain       text collate "C" not null check (grain in ('hour', 'day')),
  start_time  timestamptz not null,
  currency    text collate "C" not null,
  orders      bigint not null,
  units       bigint not null,
  order_total bigint not null,
  revenue     bigint not null,
  refunded    bigint not null,
  rejected    bigint not null,
  cancelled   bigint not null,
  primary key (merchant_id, grain, start_time, currency)
) with (fillfactor = 60);

create table rollup_buyers (
  merchant_id text collate "C" not null,
  grain       text collate "C" not null,
  start_time  timestamptz not null,
  currency    text collate "C" not null,
  user_id     text collate "C" not null,
  primary key (merchant_id, grain, start_time, currency, user_id)
);

-- What the release before still counts while both run is in the windows alone.
insert into rollups (merchant_id, grain, start_time, currency, orders, units, order_total, revenue,
                     refunded, rejected, cancelled)
select merchant_id, grain, date_trunc(grain, start_time, 'UTC'), currency, sum(orders), sum(units),
       sum(order_total), sum(revenue), sum(refunded), sum(rejected), sum(cancelled)
  from windows cross join unnest(array['hour', 'day']) as grain
 group by 1, 2, 3, 4;

insert into rollup_buyers (merchant_id, grain, start_time, currency, user_id)
select distinct merchant_id, grain, date_trunc(grain, start_time, 'UTC'), currency, user_id
  from window_buyers cross join unnest(array['hour', 'day']) as grain;

-- What a stream of windows asks.
create index windows_changed on windows (merchant_id, update_time);

create table product_sales (
  -- Whose product it is; '' is the shop's own.
  merchant_id text collate "C" not null,
  grain       text collate "C" not null check (grain in ('minute', 'hour', 'day')),
  start_time  timestamptz not null,
  currency    text collate "C" not null,
  product_id  text collate "C" not null,
  -- As it was called when it was last bought in that time.
  name        text collate "C" not null,
  name_time   timestamptz not null,
  units       bigint not null,
  orders      bigint not null,
  revenue     bigint not null,
  primary key (merchant_id, grain, start_time, currency, product_id)
) with (fillfactor = 80);

-- The whole shop is asked for without a merchant.
create index product_sales_of_all on product_sales (grain, start_time);

-- How far each order has come; topics are heard in no order, so whatever comes first begins the row.
create table order_parts (
  order_id    text collate "C" not null,
  merchant_id text collate "C" not null,
  -- Null: not heard of yet.
  place_time  timestamptz,
  confirmed   boolean not null default false,
  paid        boolean not null default false,
  shipped     boolean not null default false,
  delivered   boolean not null default false,
  cancelled   boolean not null default false,
  returned    boolean not null default false,
  primary key (order_id, merchant_id)
) with (fillfactor = 70);

-- Of the orders that were placed in that time, those that have come to each stage.
create table funnels (
  merchant_id text collate "C" not null,
  grain       text collate "C" not null check (grain in ('minute', 'hour', 'day')),
  start_time  timestamptz not null,
  placed      bigint not null,
  confirmed   bigint not null,
  paid        bigint not null,
  shipped     bigint not null,
  delivered   bigint not null,
  cancelled   bigint not null,
  returned    bigint not null,
  primary key (merchant_id, grain, start_time)
) with (fillfactor = 60);

create table buyers (
  merchant_id text collate "C" not null,
  user_id     text collate "C" not null,
  -- [{month, currency, amount}], amount a string.
  spent       jsonb not null default '[]',
  primary key (merchant_id, user_id)
) with (fillfactor = 70);

-- Buyers by their first month and each in which they bought; currency '' is any.
create table cohorts (
  merchant_id text collate "C" not null,
  first_month timestamptz not null,
  month       timestamptz not null,
  currency    text collate "C" not null,
  buyers      bigint not null,
  spent       bigint not null,
  primary key (merchant_id, first_month, month, currency)
) with (fillfactor = 60);
