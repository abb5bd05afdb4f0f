-- What is owed to each merchant, payouts that never exceed it, and disputes.

alter table ledger_transactions drop constraint ledger_transactions_kind_check;
alter table ledger_transactions add constraint ledger_transactions_kind_check check (kind in (
  'charge', 'fee', 'refund',
  'payout', 'payout_paid', 'payout_return',
  'dispute', 'dispute_fee', 'dispute_return', 'dispute_loss'
)) not valid;
alter table ledger_transactions validate constraint ledger_transactions_kind_check;

-- A payout is of no one order.
alter table ledger_transactions alter column payment_id drop not null;
alter table ledger_transactions alter column order_id drop not null;
alter table ledger_transactions add constraint ledger_is_of_an_order_or_payout check (
  (kind in ('payout', 'payout_paid', 'payout_return')) = (order_id is null)
  and (order_id is null) = (payment_id is null)
) not valid;
alter table ledger_transactions validate constraint ledger_is_of_an_order_or_payout;

-- The dispute that matters, as it is told: { "id": "", "status": "open", "amount": "100",
-- "reason": "" }; the row of `disputes` is the one that counts. It is on the payment's own row, so
-- that the guarded statement that reserves a refund sees it, whoever was first.
alter table payments add column dispute jsonb;

create table disputes (
  -- Stripe's.
  id         text primary key,
  payment_id text not null references payments (id),
  status     text not null check (status in ('open', 'won', 'lost')),
  amount     bigint not null check (amount >= 0),
  reason     text not null,
  -- How much of it counts as paid back: not what had been before.
  lost       bigint not null default 0 check (lost between 0 and amount),
  created_at timestamptz not null default date_trunc('milliseconds', now()),
  updated_at timestamptz not null default date_trunc('milliseconds', now()),
  constraint disputes_lost_only_if_lost check (lost = 0 or status = 'lost')
);

create index disputes_of_payment on disputes (payment_id, created_at);
create index disputes_open on disputes (payment_id) where status = 'open';

-- Of each merchant that was ever paid out. The row that payouts of one merchant wait for.
create table merchant_accounts (
  merchant_id  text primary key,
  -- Its account at Stripe (`acct_…`). Null: made with the first payout.
  destination  text,
  -- What the books say of before is summed up in `merchant_balances`.
  folded_until timestamptz not null default '-infinity'
);

create table merchant_balances (
  merchant_id text not null references merchant_accounts (merchant_id),
  currency    text not null,
  -- Owed to the merchant; below zero, it owes us. Minor units.
  folded      bigint not null,
  primary key (merchant_id, currency)
);

create table payouts (
  id           text primary key,
  merchant_id  text not null references merchant_accounts (merchant_id),
  currency     text not null check (currency ~ '^[A-Z]{3}$'),
  amount       bigint not null check (amount > 0),
  status       text not null check (status in ('pending', 'paid', 'failed')),
  -- "" until the merchant has an account at Stripe.
  destination  text not null default '',
  -- Counts the refusals for want of money that had arrived: each is another key.
  attempt      int not null default 1,
  -- Stripe's.
  transfer_id  text unique,
  failure_code text not null default '',
  version      bigint not null default 1,
  created_at   timestamptz not null default date_trunc('milliseconds', now()),
  updated_at   timestamptz not null default date_trunc('milliseconds', now()),
  constraint payouts_paid_by_transfer check ((status = 'paid') = (transfer_id is not null))
);

create index payouts_newest on payouts (created_at desc, id desc);
create index payouts_of_merchant on payouts (merchant_id, created_at desc, id desc);
create index payouts_pending on payouts (created_at) where status = 'pending';

create function payout_moves_forward() returns trigger language plpgsql as $$
begin
  if old.status <> 'pending' and new.status <> old.status then
    raise exception 'payout % is % for ever', old.id, old.status
      using errcode = 'check_violation';
  end if;
  return new;
end
$$;

create trigger payouts_move_forward before update on payouts
  for each row execute function payout_moves_forward();

-- When the reconciler last began, on whichever replica.
create table reconcile_turn (
  one      boolean primary key check (one),
  began_at timestamptz not null
);

-- What the books say is owed to a merchant, by currency.
create function owed_to(merchant text) returns table (currency text, owed numeric)
language sql stable as $$
  select part.currency, sum(part.owed)
    from (
      select balance.currency, balance.folded as owed
        from merchant_balances balance
       where balance.merchant_id = merchant
       union all
      select booked.currency, -entry.amount
        from ledger_transactions booked
       cross join lateral unnest(booked.accounts, booked.amounts) as entry (account, amount)
       where booked.created_at >= coalesce(
               (select known.folded_until from merchant_accounts known
                 where known.merchant_id = merchant), '-infinity')
         and entry.account = 'merchant:' || merchant
    ) part
   group by part.currency
$$;

-- The merchant's part of charges that are disputed or are being paid back.
create function withheld_from(merchant text) returns table (currency text, withheld numeric)
language sql stable as $$
  select payment.currency, sum(share.amount)
    from payments payment
   cross join lateral jsonb_to_recordset(payment.shares_left)
                      as share ("merchantId" text, amount bigint)
   where payment.id in (
           select payment_id from disputes where status = 'open'
            union
           select payment_id from refunds where status = 'pending')
     and share."merchantId" = merchant
   group by payment.currency
$$;

-- What may be paid out.
create function available_to(merchant text) returns table (currency text, available numeric)
language sql stable as $$
  select owing.currency, owing.owed - coalesce(held.withheld, 0)
    from owed_to(merchant) owing
    left join withheld_from(merchant) held on held.currency = owing.currency
$$;

-- Makes payouts of one merchant wait for each other, and sums up what is old, so that the sum
-- stays short. Nothing is summed that a transaction under way could still add to: `created_at` is
-- when a transaction began, cut to milliseconds.
create function lock_merchant(merchant text) returns void language plpgsql as $$
declare
  was timestamptz;
  until timestamptz;
begin
  insert into merchant_accounts as known (merchant_id) values (merchant)
      on conflict (merchant_id) do update set merchant_id = known.merchant_id
  returning folded_until into was;
  select date_trunc('milliseconds', least(now() - interval '10 minutes', min(xact_start)))
    into until
    from pg_stat_activity
   where datname = current_database() and xact_start is not null;
  if until <= was then
    return;
  end if;
  insert into merchant_balances as balance (merchant_id, currency, folded)
  select merchant, booked.currency, sum(-entry.amount)
    from ledger_transactions booked
   cross join lateral unnest(booked.accounts, booked.amounts) as entry (account, amount)
   where booked.created_at >= was and booked.created_at < until
     and entry.account = 'merchant:' || merchant
   group by booked.currency
      on conflict (merchant_id, currency) do update
     set folded = balance.folded + excluded.folded;
  update merchant_accounts set folded_until = until where merchant_id = merchant;
end
$$;

-- Whoever books it and however many at once: a payout is never of more than is available.
create function refuse_overdraft() returns trigger language plpgsql as $$
declare
  account text;
  merchant text;
begin
  foreach account in array new.accounts loop
    continue when account not like 'merchant:%';
    merchant := substr(account, length('merchant:') + 1);
    perform lock_merchant(merchant);
    if exists (
      select from available_to(merchant) where currency = new.currency and available < 0
    ) then
      raise exception 'payout % is of more than % has', new.reference, merchant
        using errcode = 'check_violation', constraint = 'payouts_never_overdraw';
    end if;
  end loop;
  return null;
end
$$;

create trigger payouts_never_overdraw after insert on ledger_transactions
  for each row when (new.kind = 'payout') execute function refuse_overdraft();
