-- A session is a family of refresh tokens, each the successor of the one before.
create table sessions (
  id          text primary key,
  user_id     text not null references users (id),
  create_time timestamptz not null default now(),
  -- No refresh reaches beyond it.
  expire_time timestamptz not null,
  end_time    timestamptz
);

create index sessions_user_id on sessions (user_id);
create index sessions_expire_time on sessions (expire_time);

create table refresh_tokens (
  -- SHA-256; the token itself is nowhere.
  hash       bytea primary key,
  session_id text not null references sessions (id) on delete cascade,
  -- Spent tokens stay, so that a second use is known for what it is.
  spent_time timestamptz
);

create index refresh_tokens_session_id on refresh_tokens (session_id);

-- Tokens that are no longer believed though they have not expired.
create table revocations (
  user_id       text not null,
  -- Empty: every session of the person.
  session_id    text not null,
  -- Only tokens issued before it; null: all.
  issued_before timestamptz,
  expire_time   timestamptz not null,
  primary key (user_id, session_id)
);

create index revocations_expire_time on revocations (expire_time);

-- Told at commit to every replica of this service.
create function tell_revocation() returns trigger language plpgsql as $$
begin
  perform pg_notify('revocations', json_build_object(
    'userId', new.user_id,
    'sessionId', new.session_id,
    'issuedBefore', extract(epoch from new.issued_before) * 1000,
    'expireTime', extract(epoch from new.expire_time) * 1000
  )::text);
  return null;
end
$$;

create trigger revocations_told after insert or update on revocations
  for each row execute function tell_revocation();

create table signing_keys (
  kid         text primary key,
  -- Base64url, 32 bytes.
  public_key  text not null,
  -- The Ed25519 seed; sealed with AES-256-GCM where a key for that is configured.
  private_key text not null,
  is_sealed   boolean not null,
  create_time timestamptz not null,
  -- Published before, signs from now on.
  active_time timestamptz not null
);
