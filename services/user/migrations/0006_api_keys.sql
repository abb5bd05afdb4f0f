create table api_keys (
  -- Also the session of the tokens that are had by it.
  id            text primary key,
  user_id       text not null references users (id),
  -- SHA-256; the key itself is nowhere.
  hash          bytea not null unique,
  name          text not null,
  scopes        text[] not null check (cardinality(scopes) > 0),
  create_time   timestamptz not null,
  -- Null: never yet.
  last_use_time timestamptz
);

create index api_keys_newest on api_keys (user_id, create_time desc, id desc);
