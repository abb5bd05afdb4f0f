-- What people mean to buy.

create table carts (
  user_id     text primary key,
  -- [{productId, quantity}], each product once: a cart is read and written as a whole.
  items       jsonb not null,
  -- Only ever grows: who saw a version saw its items.
  version     bigint not null,
  create_time timestamptz not null,
  update_time timestamptz not null
);

-- Items as a cart has them: each product once, where it stood first, and no more than an order
-- takes; what is beyond that is left out. Who puts items back into a cart may be ahead of its person.
create function cart_items(items jsonb) returns jsonb language sql immutable as $$
  select coalesce(
           jsonb_agg(jsonb_build_object('productId', product_id, 'quantity', quantity) order by place),
           '[]')
    from (select item ->> 'productId' as product_id,
                 least(sum((item ->> 'quantity')::int), 9900) as quantity,
                 min(place) as place
            from jsonb_array_elements(items) with ordinality as t (item, place)
           group by item ->> 'productId'
           order by min(place)
           limit 100) as summed
$$;

alter table orders
  -- Its items were taken out of the buyer's cart; they go back if it is rejected.
  add column from_cart boolean not null default false;
