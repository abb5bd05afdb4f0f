-- What is under way over several services. A row that is gone is a saga that
-- has ended.
create table sagas (
  kind        text not null,
  -- What it is about: an order's id.
  id          text not null,
  step        text not null,
  state       jsonb not null,
  attempts    integer not null default 0,
  -- Until then it belongs to the process that has `fence`; afterwards any may
  -- take it, with the next fence.
  lease_until timestamptz not null,
  fence       bigint not null default 1,
  traceparent text not null,
  created_at  timestamptz not null default now(),
  moved_at    timestamptz not null default now(),
  primary key (kind, id)
) with (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);

create index sagas_lease_until on sagas (lease_until);
