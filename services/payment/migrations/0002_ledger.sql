-- The books. One row is one transaction with all its entries, so that the check below is on the
-- whole of it: no statement can leave it unbalanced, not even for a moment.

create function sum_of(amounts bigint[]) returns numeric
  language sql immutable strict parallel safe
  return (select coalesce(sum(amount), 0) from unnest(amounts) as amount);

create table ledger_transactions (
  id         uuid primary key,
  kind       text not null check (kind in ('charge', 'fee', 'refund')),
  -- Stripe's id of what is booked: the intent, its charge, the refund.
  reference  text not null,
  -- No foreign key: its statement only ever books what it has just moved.
  payment_id text not null,
  order_id   text not null,
  currency   text not null check (currency ~ '^[A-Z]{3}$'),
  -- `cash`, `fees`, `shop`, `merchant:{id}`.
  accounts   text[] not null,
  -- Minor units, by account; positive is a debit.
  amounts    bigint[] not null,
  created_at timestamptz not null default date_trunc('milliseconds', now()),
  -- Nothing is booked twice.
  unique (kind, reference),
  constraint ledger_entries_are_whole check (
    cardinality(accounts) = cardinality(amounts)
    and cardinality(accounts) >= 2
    and array_position(accounts, null) is null
    and array_position(amounts, null) is null
  ),
  constraint ledger_is_balanced check (sum_of(amounts) = 0)
);

create index ledger_transactions_newest on ledger_transactions (created_at desc, id desc);

create view ledger_entries as
  select booked.id as transaction_id, entry.number, booked.kind, booked.reference,
         booked.payment_id, booked.order_id, entry.account, entry.amount, booked.currency,
         booked.created_at
    from ledger_transactions booked
   cross join lateral unnest(booked.accounts, booked.amounts)
                      with ordinality as entry (account, amount, number);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'the ledger is only ever added to' using errcode = 'restrict_violation';
end
$$;

create trigger ledger_is_only_added_to
  before update or delete or truncate on ledger_transactions
  for each statement execute function refuse_change();
