-- Where people take SMS, once they have told the code that was sent there.
create table phones (
  user_id     text primary key,
  number      text not null,
  verify_time timestamptz,
  -- SHA-256, with the person's id.
  code_hash   bytea,
  code_tries  int not null default 0,
  code_expire timestamptz,
  create_time timestamptz not null default now(),
  update_time timestamptz not null default now()
);

-- The codes of the last day: nobody is made to pay, or is bothered, by many.
create table phone_codes (
  id          bigint generated always as identity primary key,
  user_id     text not null,
  number      text not null,
  create_time timestamptz not null default now()
);

create index phone_codes_by_user on phone_codes (user_id, create_time);
create index phone_codes_by_number on phone_codes (number, create_time);
create index phone_codes_by_time on phone_codes (create_time);
