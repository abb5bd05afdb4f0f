-- Money that waits for its person or is only set aside, refunds in parts, saved payment methods.

alter table payments
  add column capture text not null default 'automatic'
             check (capture in ('automatic', 'on_shipment')),
  -- { "type": "", "url": "", "clientSecret": "" }: what its person has to do.
  add column next_action jsonb,
  -- When Stripe was last asked about one that waits.
  add column asked_at timestamptz,
  -- When the authorisation ends.
  add column capture_before timestamptz,
  -- A Capture has begun: from here on the intent stays the one it is.
  add column capturing boolean not null default false,
  -- Stripe's customer, for a saved payment method. '': the method is saved, but is not this
  -- buyer's to use, so that nothing is ever charged.
  add column customer_id text;

alter table payments drop constraint payments_status_check;
alter table payments add constraint payments_status_check check (
  status in ('processing', 'requires_action', 'authorized', 'succeeded', 'failed', 'cancelled')
) not valid;
alter table payments validate constraint payments_status_check;

alter table payments add constraint payments_authorized_by_intent check (
  status <> 'authorized' or (intent_id is not null and capture_before is not null)
) not valid;
alter table payments validate constraint payments_authorized_by_intent;

alter table payments add constraint payments_capture_what_is_set_aside check (
  not capturing or capture = 'on_shipment'
) not valid;
alter table payments validate constraint payments_capture_what_is_set_aside;

create index payments_authorized on payments (capture_before) where status = 'authorized';

-- How a refund divides, if it was said; else by largest remainder.
alter table refunds add column shares jsonb;

-- A new authorisation in the place of one that is about to end.
create table renewals (
  payment_id   text not null references payments (id),
  -- The payment's first intent is 1.
  generation   int not null check (generation > 1),
  -- The intent whose authorisation ends.
  replaces     text not null,
  intent_id    text unique,
  -- Once it is not open, it says which of the two intents is to be voided.
  status       text not null check (status in ('open', 'taken', 'failed')),
  decline_code text not null default '',
  -- Stripe knows that the one that is of no use can never be captured.
  voided       boolean not null default false,
  created_at   timestamptz not null default date_trunc('milliseconds', now()),
  primary key (payment_id, generation),
  constraint renewals_taken_by_intent check (status <> 'taken' or intent_id is not null),
  constraint renewals_voided_when_over check (not voided or status <> 'open')
);

create unique index renewals_one_at_a_time on renewals (payment_id) where status = 'open';
create index renewals_under_way on renewals (created_at) where not voided;

-- Who has saved payment methods.
create table customers (
  user_id        text primary key,
  -- Stripe's.
  customer_id    text not null unique,
  -- Here and not in the method's row, so that there is never more than one.
  default_method text,
  created_at     timestamptz not null default date_trunc('milliseconds', now())
);

create table payment_methods (
  -- Stripe's.
  id         text primary key,
  user_id    text not null references customers (user_id),
  brand      text not null,
  last4      text not null check (last4 ~ '^[0-9]{4}$'),
  exp_month  int not null check (exp_month between 1 and 12),
  exp_year   int not null,
  version    bigint not null default 1,
  created_at timestamptz not null default date_trunc('milliseconds', now()),
  -- Kept, so that a late word of Stripe's does not save it again.
  deleted_at timestamptz,
  -- Stripe has forgotten it too.
  detached   boolean not null default false
);

create index payment_methods_newest on payment_methods (user_id, created_at desc, id desc)
  where deleted_at is null;
create index payment_methods_to_detach on payment_methods (deleted_at)
  where deleted_at is not null and not detached;
