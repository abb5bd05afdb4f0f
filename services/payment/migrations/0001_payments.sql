-- Charges, refunds, the books, and what Stripe told.

create table payments (
  id             text primary key,
  -- One order is charged once, whoever asks and however often.
  order_id       text not null unique,
  -- Null in a row that a Refund left for an order that was never charged.
  user_id        text,
  status         text not null
                 check (status in ('processing', 'requires_action', 'succeeded', 'failed', 'cancelled')),
  -- A Refund of the order came: no charge may begin any more.
  closed         boolean not null default false,
  currency       text check (currency ~ '^[A-Z]{3}$'),
  -- Minor units of the currency, here and below.
  amount         bigint not null check (amount >= 0),
  -- Refunds that succeeded or are under way.
  refunded       bigint not null default 0,
  payment_method text,
  -- [{ "merchantId": "", "amount": "100" }]: how the amount divides.
  shares         jsonb not null,
  -- The same less the refunds that are booked.
  shares_left    jsonb not null,
  intent_id      text unique,
  charge_id      text,
  -- Null while Stripe has not told it.
  fee            bigint,
  decline_code   text not null default '',
  -- Events written so far.
  sequence       bigint not null default 0,
  version        bigint not null default 1,
  created_at     timestamptz not null default date_trunc('milliseconds', now()),
  updated_at     timestamptz not null default date_trunc('milliseconds', now()),
  constraint payments_refunded_within_amount check (refunded between 0 and amount),
  constraint payments_refunded_only_if_charged check (refunded = 0 or status = 'succeeded'),
  constraint payments_charge_is_whole check (
    (user_id is null) = (currency is null)
    and (user_id is null) = (amount = 0)
    and (user_id is not null or (closed and status = 'cancelled'))
  ),
  constraint payments_succeeded_by_intent check (status <> 'succeeded' or intent_id is not null)
) with (
  -- A charge updates its row twice, and soon.
  fillfactor = 60,
  autovacuum_vacuum_scale_factor = 0.05
);

-- What the recovery looks for. A charge leaves these indexes within a second.
create index payments_unsettled on payments (created_at)
  where status in ('processing', 'requires_action');
create index payments_without_fee on payments (created_at)
  where status = 'succeeded' and fee is null;

create table refunds (
  id               text primary key,
  payment_id       text not null references payments (id),
  -- Names the wish: the same one never makes a second refund.
  refund_key       text not null,
  amount           bigint not null check (amount > 0),
  status           text not null check (status in ('pending', 'succeeded', 'failed')),
  reason           text not null,
  stripe_refund_id text unique,
  created_at       timestamptz not null default date_trunc('milliseconds', now()),
  updated_at       timestamptz not null default date_trunc('milliseconds', now()),
  unique (payment_id, refund_key)
);

create index refunds_pending on refunds (updated_at) where status = 'pending';

-- An event of Stripe's that has had its effect, or needs none.
create table webhook_inbox (
  event_id text primary key,
  type     text not null,
  seen_at  timestamptz not null default now()
);

create index webhook_inbox_seen_at on webhook_inbox using brin (seen_at);
