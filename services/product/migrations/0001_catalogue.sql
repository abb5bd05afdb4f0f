-- Ids collate by bytes: the order that rows are locked in must not hang on a locale.

create table products (
  id           text collate "C" primary key,
  merchant_id  text not null,
  sku          text not null unique,
  name         text not null,
  description  text not null,
  price_amount bigint not null check (price_amount >= 0),
  currency     text not null check (currency ~ '^[A-Z]{3}$'),
  categories   text[] not null,
  attributes   jsonb not null,
  status       text not null default 'active' check (status in ('active', 'archived')),
  -- Counts what a merchant writes; also the sequence of the product's events.
  version      bigint not null default 1,
  -- Milliseconds, as a page token carries them: a finer time would skip rows between pages.
  created_at   timestamptz(3) not null,
  updated_at   timestamptz(3) not null,
  -- The SKU as it is and in its parts.
  search       tsvector not null generated always as (
    to_tsvector('english', name || ' ' || sku || ' ' || translate(sku, '-._/', '    ') || ' '
      || description)
  ) stored
);

create index products_search on products using gin (search) where status = 'active';
create index products_categories on products using gin (categories) where status = 'active';
create index products_newest on products (created_at desc, id desc) where status = 'active';
create index products_price on products (price_amount, id) where status = 'active';

-- What sold most, as of the last count: a page's sort key must not move with every order, and an
-- index on stock.sold would cost every settled order an index entry.
create table popularity (
  product_id text collate "C" primary key references products (id),
  sold       bigint not null default 0
);

create index popularity_sold on popularity (sold desc, product_id desc);
