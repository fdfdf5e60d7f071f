-- Codes that a member reads to a program on another machine, so that it may act for them. Single use, some minutes.
create table link_codes (
  code_hash  text   not null primary key,
  member_id  text   not null references members (id) on delete cascade,
  expires_at bigint not null
);
create index link_codes_of_member on link_codes (member_id);
