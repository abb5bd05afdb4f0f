-- What must be true of every restored backup. psql stops at the first statement that fails.
\set ON_ERROR_STOP on

\connect tradepost_user
do $$ begin
  assert exists (select from user_migrations), 'user: no schema';
  assert exists (select from kit_migrations), 'user: no outbox';
end $$;

\connect tradepost_product
do $$ begin
  assert exists (select from product_migrations), 'product: no schema';
  assert exists (select from kit_migrations), 'product: no outbox';
  assert not exists (select from stock_mismatches), 'product: stock adds up';
end $$;

\connect tradepost_order
do $$ begin
  assert exists (select from order_migrations), 'order: no schema';
  assert exists (select from kit_migrations), 'order: no outbox';
end $$;

\connect tradepost_payment
do $$ begin
  assert exists (select from payment_migrations), 'payment: no schema';
  assert exists (select from kit_migrations), 'payment: no outbox';
  assert not exists (
       select from ledger_entries group by currency having sum(amount) <> 0), 'payment: the books sum to zero';
end $$;

\connect tradepost_notification
do $$ begin
  assert exists (select from notification_migrations), 'notification: no schema';
  assert exists (select from kit_migrations), 'notification: no outbox';
end $$;

\connect tradepost_analytics
do $$ begin
  assert exists (select from analytics_migrations), 'analytics: no schema';
  assert exists (select from kit_migrations), 'analytics: no outbox';
end $$;
