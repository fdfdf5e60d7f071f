-- What other services say of songs, kept so that the id of a song here stays the same.
create table external_tracks (
  id          text    not null primary key,
  provider    text    not null check (provider in ('spotify', 'youtube', 'soundcloud')),
  provider_id text    not null,
  title       text    not null,
  artist      text    not null,
  album       text    not null,
  duration_ms bigint  not null,
  isrc        text,
  artwork_url text,
  is_explicit boolean not null,
  fetched_at  bigint  not null,
  unique (provider_id, provider)
);
-- Which recording a file is, if it says so.
alter table tracks add column isrc text;
create index tracks_by_isrc on tracks (isrc) where isrc is not null;
-- Where a song that was played came from; null: the library. The tally is that of its votes when it began.
alter table plays add column source text;
alter table plays add column tally bigint not null default 0;
create index plays_by_people on plays (nest_id, started_at, id) where added_by is not null;
create index plays_of_person on plays (added_by, started_at) where added_by is not null;
-- Members whom an imported history knows by an address. Until somebody has claimed one, nobody can sign in as it.
create table past_members (
  member_id     text   not null primary key references members (id) on delete cascade,
  address_index text   not null unique,
  address       text   not null,
  created_at    bigint not null,
  claimed_at    bigint
);
-- How far a reader of the logs has come.
create table log_readers (
  reader   text   not null,
  nest_id  text   not null references nests (id) on delete cascade,
  sequence bigint not null,
  primary key (reader, nest_id)
);
