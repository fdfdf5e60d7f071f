-- Nests and their logs. A nest's state is the fold of its events; the primary key lets each sequence be taken once.
create table nests (
  id         text   not null primary key,
  code       text   not null,
  name       text   not null,
  created_by text,
  created_at bigint not null,
  closed_at  bigint
);
create unique index nests_open_code on nests (code) where closed_at is null;
create table nest_events (
  nest_id   text   not null references nests (id) on delete cascade,
  sequence  bigint not null,
  at        bigint not null,
  by_member text,
  kind      text   not null,
  payload   text   not null,
  primary key (nest_id, sequence)
);
create table nest_snapshots (
  nest_id  text   not null references nests (id) on delete cascade,
  sequence bigint not null,
  payload  text   not null,
  primary key (nest_id, sequence)
);
-- What was played: a projection of the logs.
create table plays (
  id          text   not null primary key,
  nest_id     text   not null references nests (id) on delete cascade,
  entry       bigint not null,
  track_id    text   not null,
  title       text   not null,
  artist      text   not null,
  album       text   not null,
  duration_ms bigint not null,
  artwork     text,
  added_by    text,
  added_name  text,
  started_at  bigint not null,
  ended_at    bigint,
  outcome     text
);
create index plays_of_nest on plays (nest_id, started_at, id);
create index plays_of_entry on plays (nest_id, entry);
create index plays_newest on plays (started_at, id);
create index plays_of_track on plays (track_id);
