-- In which language, and with which dates and amounts, people are told.
alter table preferences add column locale text not null default 'en';

-- What the words are made of; null: told by a release that keeps only the words.
alter table notifications add column occasion jsonb;
