-- What came back of an order's goods: {return's id: [{productId, quantity}]}. In the reservation's
-- row, because that is what a second return, or a release, waits for.
alter table reservations add column returns jsonb not null default '{}';

-- The age of a reservation. BRIN, so that settling one stays a heap-only update.
create index reservations_age on reservations using brin (created_at)
  with (pages_per_range = 16, autosummarize = on);

-- One row: no reservation made before `clean_until` is held. Who sweeps has the lease.
create table stock_sweep (
  is_only     boolean primary key default true check (is_only),
  clean_until timestamptz(3) not null default '-infinity',
  lease_until timestamptz(3) not null default '-infinity'
);
insert into stock_sweep default values;
