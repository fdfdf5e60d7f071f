-- Accounts elsewhere that sign members in. Addresses are sealed with a key that is not in the database.
create table identities (
  id           text   not null primary key,
  member_id    text   not null references members (id) on delete cascade,
  issuer       text   not null,
  subject      text   not null,
  address      text   not null,
  created_at   bigint not null,
  last_used_at bigint not null,
  unique (issuer, subject)
);
create index identities_of_member on identities (member_id, created_at);
-- Accounts of music services that members have linked. Tokens are sealed likewise.
create table accounts (
  member_id     text   not null references members (id) on delete cascade,
  provider      text   not null,
  account_name  text   not null,
  scopes        text   not null,
  access_token  text   not null,
  refresh_token text,
  expires_at    bigint not null,
  created_at    bigint not null,
  primary key (member_id, provider)
);
-- Pictures that people brought from elsewhere, stored like covers.
create table avatars (
  member_id  text   not null primary key references members (id) on delete cascade,
  picture    text   not null,
  updated_at bigint not null
);
-- Who did what that has consequences. Lines are added, and swept when they are old; nothing changes them.
create table audit (
  id        text   not null primary key,
  at        bigint not null,
  by_member text,
  action    text   not null,
  subject   text   not null,
  detail    text   not null,
  network   text   not null
);
create index audit_of_action on audit (action, id);
create index audit_of_member on audit (by_member, id);
create index audit_oldest on audit (at);
