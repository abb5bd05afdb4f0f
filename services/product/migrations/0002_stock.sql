-- The hot rows, apart from the catalogue's: narrow, and no column but the key is indexed, so that
-- every change is a heap-only update on its page.
create table stock (
  product_id text collate "C" primary key references products (id),
  -- Can be bought now.
  available  bigint not null check (available >= 0),
  -- Held for orders that are not settled yet.
  reserved   bigint not null default 0 check (reserved >= 0),
  sold       bigint not null default 0 check (sold >= 0),
  -- Counts the changes of `available`, the column that a product's reader sees.
  version    bigint not null default 1
) with (fillfactor = 40, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);

-- One row an order. A released one also stands for an order that never held anything.
create table reservations (
  order_id   text collate "C" primary key,
  state      text not null check (state in ('held', 'committed', 'released')),
  -- [{productId, merchantId, name, quantity, currency, amount}], amount a string.
  lines      jsonb not null,
  created_at timestamptz(3) not null default now()
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);

-- The ledger: what came in, what was put right by hand, what was sold and what came back.
-- No foreign key: it would lock the product's row with each order, and no product is ever deleted.
create table stock_movements (
  product_id text collate "C" not null,
  id         uuid not null,
  delta      integer not null,
  reason     text not null,
  -- Null: not an order's.
  order_id   text,
  actor      text not null,
  created_at timestamptz(3) not null default now(),
  primary key (product_id, id)
) with (autovacuum_vacuum_insert_scale_factor = 0.05);

-- Must be empty: products whose stock is not what the ledger and the reservations say
-- (initial + movements = available + reserved + sold).
create view stock_mismatches as
with ledger as (
  select product_id, sum(delta) filter (where order_id is null) as supplied,
         -sum(delta) filter (where order_id is not null) as sold
    from stock_movements group by product_id
), held as (
  select l."productId" as product_id, sum(l.quantity) as reserved
    from reservations r, jsonb_to_recordset(r.lines) as l ("productId" text, quantity integer)
   where r.state = 'held' group by 1
)
select s.product_id, s.available, s.reserved, s.sold,
       coalesce(l.supplied, 0) as ledger_supplied, coalesce(l.sold, 0) as ledger_sold,
       coalesce(h.reserved, 0) as held
  from stock s
  left join ledger l on l.product_id = s.product_id
  left join held h on h.product_id = s.product_id
 where coalesce(l.supplied, 0) <> s.available + s.reserved + s.sold
    or coalesce(l.sold, 0) <> s.sold
    or coalesce(h.reserved, 0) <> s.reserved;
