-- What people thought of what was played: a projection of the logs, kept when a playing ends.
create table play_reactions (
  play_id     text   not null references plays (id) on delete cascade,
  number      bigint not null,
  kind        text   not null,
  member_id   text   not null,
  member_name text   not null,
  at          bigint not null,
  comment_id  bigint,
  text        text   not null,
  primary key (play_id, number)
);
