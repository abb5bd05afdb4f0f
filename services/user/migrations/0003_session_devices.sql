-- Where a session is used, for its person to recognise it.
alter table sessions
  -- The program's User-Agent.
  add column device text not null default '',
  -- As the gateway saw it.
  add column address text not null default '',
  -- When it was opened or last refreshed; in JavaScript's precision, because it is the etag.
  add column last_use_time timestamptz not null default date_trunc('milliseconds', now());

create index sessions_open on sessions (user_id, create_time desc, id desc) where end_time is null;
