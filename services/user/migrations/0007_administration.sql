alter table users
  -- Since when an administrator keeps the account locked; null: it is not.
  add column lock_time timestamptz,
  -- Access tokens from before are not believed; null: all are.
  add column tokens_from timestamptz;

create index users_newest on users (create_time desc, id desc);
