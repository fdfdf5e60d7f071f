-- Tracks, the bytes they refer to, and how they are found. The sort columns hold folded text, compared byte by byte as
-- in the other engines.
create table tracks (
  number          bigint not null generated always as identity primary key,
  id              text collate "C"   not null unique,
  title           text   not null,
  artist          text   not null,
  album           text   not null,
  album_artist    text   not null,
  genre           text   not null,
  year            bigint,
  track_number    bigint,
  disc_number     bigint,
  duration_ms     bigint not null,
  format          text   not null,
  original_hash   text   not null,
  original_bytes  bigint not null,
  playable        text   not null check (playable in ('original', 'transcoded', 'pending', 'failed')),
  playable_hash   text,
  playable_bytes  bigint,
  playable_format text,
  playable_reason text,
  artwork         text,
  loudness_lufs   double precision,
  true_peak       double precision,
  added_by        text,
  added_at        bigint not null,
  origin          text   not null,
  title_sort      text collate "C"   not null,
  artist_sort     text collate "C"   not null,
  album_sort      text collate "C"   not null,
  album_position  bigint not null
);
create index tracks_newest on tracks (added_at, id);
create index tracks_by_title on tracks (title_sort, id);
create index tracks_by_artist on tracks (artist_sort, album_sort, album_position, id);
create index tracks_by_album on tracks (album_sort, album_position, id);
create index tracks_by_original on tracks (original_hash);
create index tracks_playable on tracks (id) where playable in ('original', 'transcoded');
create table track_waveforms (
  track_id text collate "C"  not null primary key references tracks (id) on delete cascade,
  peaks    bytea not null
);
-- Bytes in the blob store. Without a reference they are collected after a grace period.
create table blobs (
  hash               text    not null primary key,
  size_bytes         bigint  not null,
  created_at         bigint  not null,
  unreferenced_since bigint,
  collecting         boolean not null default false
);
create index blobs_unreferenced on blobs (unreferenced_since) where unreferenced_since is not null;
create table blob_references (
  hash       text not null references blobs (hash),
  owner_kind text not null,
  owner_id   text not null,
  primary key (owner_kind, owner_id, hash)
);
create index blob_references_of_hash on blob_references (hash);
-- The words of a folded text as a vector, without the parser of PostgreSQL: terms are exactly ours.
create function search_vector(words text, weight text) returns tsvector language sql immutable as $$
  select coalesce(cast(string_agg('''' || word || ''':' || least(place, 16383) || weight, ' ') as tsvector), '')
  from unnest(string_to_array(words, ' ')) with ordinality as listed (word, place) where word <> ''
$$;
create table track_search (
  rowid    bigint not null primary key,
  title    text   not null,
  artist   text   not null,
  album    text   not null,
  genre    text   not null,
  document tsvector not null generated always as (
    search_vector(title, 'A') || search_vector(artist, 'B') || search_vector(album, 'C') || search_vector(genre, 'D')
  ) stored
);
create index track_search_document on track_search using gin (document);
-- Every term in use, and in how many tracks.
create table search_terms (
  term   text collate "C" not null primary key,
  tracks bigint not null
);
-- Terms by what is left of them when characters are deleted: how a misspelt term finds the term that was meant.
create table search_deletes (
  form text collate "C" not null,
  term text collate "C" not null,
  primary key (form, term)
);
