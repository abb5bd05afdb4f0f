-- What a person decides about dead letters, and the trail of who did what.

-- `redriven_at`: since when nobody waits for it, because it took effect or,
-- with `discarded`, because it was given up.
alter table dead_letters add column discarded boolean not null default false;

create index dead_letters_waiting on dead_letters (consumer, topic, key, id)
  where redriven_at is null;
drop index dead_letters_open;

-- Keys whose parked events are being taken in. Whoever finds a row goes on with
-- it, so that a process that dies leaves nothing parked behind nothing.
create table redrives (
  consumer   text not null,
  topic      text not null,
  key        text not null,
  created_at timestamptz not null default now(),
  primary key (consumer, topic, key)
);

-- Privileged acts. Each row's hash covers the one before, so that none can be
-- changed or taken away unseen.
create table audit (
  -- 1, 2, 3 … without a gap; given by the trigger.
  sequence   bigint primary key,
  at         timestamptz not null default now(),
  -- A person's id, or `service operator` for one who holds a certificate.
  actor      text not null,
  act        text not null,
  target     text not null,
  reason     text not null,
  -- Where the call came from, as the gateway saw it.
  address    text not null,
  request_id text not null,
  before     jsonb not null,
  after      jsonb not null,
  previous   bytea not null,
  hash       bytea not null
);

create function audit_hash(entry audit) returns bytea language sql stable as $$
  select sha256(entry.previous || convert_to(
    jsonb_build_array(entry.sequence, extract(epoch from entry.at), entry.actor, entry.act, entry.target,
                      entry.reason, entry.address, entry.request_id, entry.before, entry.after)::text,
    'UTF8'))
$$;

create function audit_chain() returns trigger language plpgsql as $$
declare
  last audit;
begin
  -- One after another: the next one needs this one's hash.
  perform pg_advisory_xact_lock(hashtext('audit'));
  select * into last from audit order by sequence desc limit 1;
  new.sequence := coalesce(last.sequence, 0) + 1;
  new.previous := coalesce(last.hash, ''::bytea);
  new.hash := audit_hash(new);
  return new;
end
$$;

create trigger audit_chain before insert on audit
  for each row execute function audit_chain();

create function audit_is_kept() returns trigger language plpgsql as $$
begin
  raise exception 'the audit trail is only ever added to';
end
$$;

create trigger audit_is_kept before update or delete or truncate on audit
  for each statement execute function audit_is_kept();

-- Rows that are not what was written, or whose predecessor is missing.
create view audit_mismatches as
  select sequence
    from (select a as kept, a.sequence, a.hash, a.previous,
                 lag(a.hash, 1, ''::bytea) over chain as expected,
                 lag(a.sequence, 1, 0::bigint) over chain as before_it
            from audit a
          window chain as (order by a.sequence)) linked
   where hash <> audit_hash(kept) or previous <> expected or sequence <> before_it + 1;

-- Only pruning asks by time.
create index dead_letters_redriven_at on dead_letters (redriven_at) where redriven_at is not null;
