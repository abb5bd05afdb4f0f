-- What its person did with a notification, beside opening it.
alter table notifications
  add column act_time timestamptz,
  add column dismiss_time timestamptz;

-- What a stream of an inbox asks.
create index notifications_changed on notifications (user_id, update_time);
