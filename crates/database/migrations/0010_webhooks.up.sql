-- Addresses outside that are told what happens in a nest. The address and the signing secret are sealed. How far each has
-- come in the nest's log stands in log_readers.
create table webhooks (
  id             text   not null primary key,
  nest_id        text   not null references nests (id) on delete cascade,
  form           text   not null check (form in ('slack', 'signed')),
  address        text   not null,
  host           text   not null,
  secret         text,
  events         text   not null,
  created_by     text   not null,
  created_at     bigint not null,
  nests_until    bigint not null,
  delivered_at   bigint,
  failed_at      bigint,
  failing_since  bigint,
  failure        text,
  paused_at      bigint
);
create index webhooks_of_nest on webhooks (nest_id, created_at, id);
