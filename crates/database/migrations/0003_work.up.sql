-- Durable jobs: a worker holds one until its lease ends.
create table jobs (
  id          text   not null primary key,
  kind        text   not null,
  payload     text   not null,
  state       text   not null check (state in ('waiting', 'done', 'failed')),
  run_at      bigint not null,
  lease_until bigint,
  attempts    bigint not null,
  last_error  text,
  dedupe_key  text,
  created_at  bigint not null,
  finished_at bigint
);
create unique index jobs_dedupe on jobs (kind, dedupe_key) where state = 'waiting';
create index jobs_due on jobs (run_at, id) where state = 'waiting';
create index jobs_finished on jobs (finished_at) where state <> 'waiting';
-- Answers to requests that may be sent twice. No status yet: the first is still at work.
create table idempotency (
  member_id  text   not null,
  key        text   not null,
  digest     text   not null,
  status     bigint,
  body       bytea,
  expires_at bigint not null,
  primary key (member_id, key)
);
create index idempotency_expiry on idempotency (expires_at);
create table server_settings (
  name  text  not null primary key,
  value bytea not null
);
