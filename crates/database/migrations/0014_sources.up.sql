-- With which client id an account was connected, whether it is known to pay, and since when it is not accepted any more.
alter table accounts add column client_id text not null default '';
alter table accounts add column is_premium boolean;
alter table accounts add column ended_at bigint;
create index accounts_of_client on accounts (provider, client_id);
-- Client ids that members and nests bring. Secrets are sealed with a key that is not in the database.
create table client_ids (
  provider   text   not null,
  client_id  text   not null,
  member_id  text            references members (id) on delete cascade,
  nest_id    text            references nests (id) on delete cascade,
  secret     text,
  created_at bigint not null,
  primary key (provider, client_id),
  check ((member_id is null) <> (nest_id is null))
);
create unique index client_ids_of_member on client_ids (provider, member_id) where member_id is not null;
create unique index client_ids_of_nest on client_ids (provider, nest_id) where nest_id is not null;
