-- What an order has after its checkout: shipments, returns, disputes; and a payment that waits.

alter table orders
  add column capture       text not null default 'AUTOMATIC',
  -- {type, url, clientSecret}, while the payment waits for its person.
  add column next_action   jsonb,
  -- [{merchantId, carrier, trackingNumber, shipTime, deliverTime}]: what was sent.
  add column shipments     jsonb not null default '[]',
  -- Ids of the disputes that are not decided.
  add column open_disputes jsonb not null default '[]';

alter table order_history
  -- The event that told the step; one for each row.
  add column event        text not null default '',
  -- Whom alone it concerns; null: everybody.
  add column merchant_ids jsonb;

update order_history
   set event = case status
                 when 'PENDING' then 'OrderPlaced'
                 when 'CONFIRMED' then 'OrderConfirmed'
                 when 'REJECTED' then 'OrderRejected'
                 when 'CANCELLED' then 'OrderCancelled'
               end
 where event = '';

-- What a merchant's list reads: a row for each merchant of an order that was confirmed. An index
-- on the lines would be one more to keep with each of an order's steps. No foreign key: it is
-- written by the statement that confirms the order.
create table merchant_orders (
  merchant_id text not null,
  create_time timestamptz not null,
  order_id    text not null,
  primary key (merchant_id, create_time, order_id)
);

insert into merchant_orders (merchant_id, create_time, order_id)
select distinct item ->> 'merchantId', o.create_time, o.id
  from orders o
 cross join jsonb_array_elements(o.items) as item
 where o.payment_id is not null;
