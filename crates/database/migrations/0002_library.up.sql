-- Tracks, the bytes they refer to, and how they are found. The sort columns hold folded text.
create table tracks (
  number          integer not null primary key,
  id              text   not null unique,
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
  title_sort      text   not null,
  artist_sort     text   not null,
  album_sort      text   not null,
  album_position  bigint not null
);
create index tracks_newest on tracks (added_at, id);
create index tracks_by_title on tracks (title_sort, id);
create index tracks_by_artist on tracks (artist_sort, album_sort, album_position, id);
create index tracks_by_album on tracks (album_sort, album_position, id);
create index tracks_by_original on tracks (original_hash);
create index tracks_playable on tracks (id) where playable in ('original', 'transcoded');
create table track_waveforms (
  track_id text  not null primary key references tracks (id) on delete cascade,
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
-- Folded text, terms between single spaces: the tokenizer has nothing left to decide.
create virtual table track_search using fts5 (title, artist, album, genre, tokenize = 'ascii', prefix = '1 2 3');
-- Every term in use, and in how many tracks.
create table search_terms (
  term   text   not null primary key,
  tracks bigint not null
) without rowid;
-- Terms by what is left of them when characters are deleted: how a misspelt term finds the term that was meant.
create table search_deletes (
  form text not null,
  term text not null,
  primary key (form, term)
) without rowid;
