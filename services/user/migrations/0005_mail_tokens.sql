-- Mails with a token in them that somebody is to get.
create table mail_requests (
  -- Also the id of the event that tells of it.
  id          uuid primary key,
  kind        text not null check (kind in ('verify_email', 'reset_password')),
  -- Null: nobody has the address that was named. Kept all the same, and without a reference to
  -- users, so that it takes as long as for somebody.
  user_id     text,
  -- Of the call that asked for it.
  traceparent text not null,
  create_time timestamptz not null,
  -- When its event was written; null: it is still to do.
  told_time   timestamptz,
  -- When one of its tokens was used, or all of them lost their use.
  used_time   timestamptz
);

create index mail_requests_untold on mail_requests (create_time) where told_time is null;
create index mail_requests_by_user on mail_requests (user_id, kind, told_time);
create index mail_requests_create_time on mail_requests (create_time);

create table mail_tokens (
  -- SHA-256; the token itself is in the mail and nowhere else.
  hash        bytea primary key,
  request_id  uuid not null references mail_requests (id) on delete cascade,
  expire_time timestamptz not null
);

create index mail_tokens_request_id on mail_tokens (request_id);

-- When its person showed that the address is theirs; null: not yet.
alter table users add column email_verify_time timestamptz;
