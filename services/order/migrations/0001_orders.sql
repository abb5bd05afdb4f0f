create table orders (
  id               text primary key,
  user_id          text not null,
  status           text not null check (status in
    ('PENDING', 'CONFIRMED', 'REJECTED', 'CANCELLED', 'SHIPPED', 'DELIVERED', 'RETURNED')),
  -- [{productId, merchantId, name, quantity, returnedQuantity, unitPrice}]: an
  -- order is read and written as a whole. Amounts are strings.
  items            jsonb not null,
  -- Null until the stock is held, which is when prices are known.
  currency         text check (currency ~ '^[A-Z]{3}$'),
  subtotal         bigint check (subtotal >= 0),
  discounts        bigint check (discounts <= 0),
  shipping         bigint check (shipping >= 0),
  tax              bigint check (tax >= 0),
  total            bigint check (total >= 0),
  shipping_address jsonb not null,
  payment_method   text not null,
  payment_id       text,
  rejection        jsonb,
  -- Who asked to cancel while the checkout was under way, and why.
  cancel_requested jsonb,
  -- How many transitions there were; each wrote one row of history and one event.
  sequence         integer not null,
  -- Whose key this order answers, where there was one.
  placed_by        text,
  idempotency_key  text,
  create_time      timestamptz not null,
  update_time      timestamptz not null,
  check (total = subtotal + discounts + shipping + tax),
  check (status in ('PENDING', 'REJECTED', 'CANCELLED') or (total is not null and payment_id is not null))
) with (fillfactor = 70);

create index orders_by_user on orders (user_id, create_time desc, id desc);
create index orders_by_time on orders (create_time desc, id desc);
create index orders_by_key on orders (placed_by, idempotency_key) where idempotency_key is not null;

create table order_history (
  order_id text not null references orders (id),
  sequence integer not null,
  status   text not null,
  reason   text not null,
  actor    text not null,
  time     timestamptz not null,
  primary key (order_id, sequence)
);
