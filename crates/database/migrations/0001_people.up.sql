-- Who is known here and how they prove it. Secrets are stored as the hexadecimal SHA-256 of their text.
create table members (
  id         text   not null primary key,
  name       text   not null,
  role       text   not null check (role in ('guest', 'member', 'administrator')),
  created_at bigint not null
);
create table devices (
  id           text   not null primary key,
  member_id    text   not null references members (id) on delete cascade,
  secret_hash  text   not null unique,
  label        text   not null,
  created_at   bigint not null,
  last_seen_at bigint not null
);
create index devices_of_member on devices (member_id);
create index devices_last_seen on devices (last_seen_at);
create table tokens (
  id           text   not null primary key,
  member_id    text   not null references members (id) on delete cascade,
  secret_hash  text   not null unique,
  label        text   not null,
  scopes       bigint not null,
  created_at   bigint not null,
  last_used_at bigint,
  expires_at   bigint
);
create index tokens_of_member on tokens (member_id);
create table invitations (
  id             text   not null primary key,
  secret_hash    text   not null unique,
  purpose        text   not null check (purpose in ('setup', 'join', 'sign_in')),
  role           text   check (role in ('guest', 'member', 'administrator')),
  sign_in_member text   references members (id) on delete cascade,
  created_by     text   references members (id) on delete cascade,
  created_at     bigint not null,
  expires_at     bigint not null,
  uses_left      bigint not null check (uses_left >= 0)
);
create index invitations_newest on invitations (created_at, id);
