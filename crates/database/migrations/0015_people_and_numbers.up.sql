-- When somebody was last heard of, also after their devices are gone; written seldom, see devices and tokens.
alter table members add column last_seen_at bigint;
update members set last_seen_at = (select max(last_seen_at) from devices where devices.member_id = members.id);
-- Why a nest chose what it played; null: a person did, or it was before reasons were kept.
alter table plays add column because text;
-- What is counted for each day by the clocks of the server's zone: the day, counted from 1970-01-01, of what, and how it
-- went.
create table daily_counts (
  day     bigint not null,
  subject text   not null,
  name    text   not null,
  outcome text   not null,
  amount  bigint not null,
  primary key (subject, day, name, outcome)
);
-- Devices that follow nests: one of each person, so that they are followed on after a restart. The number tells the task
-- that follows from those before it.
create table followings (
  member_id   text   not null primary key references members (id) on delete cascade,
  nest_id     text   not null references nests (id) on delete cascade,
  device      text   not null,
  device_name text   not null,
  number      text   not null,
  seen_at     bigint not null
);
