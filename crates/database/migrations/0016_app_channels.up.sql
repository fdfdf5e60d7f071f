-- Channels that other applications feed by signed webhooks: where the stream of each stands.
create table app_channels (
  name         text   not null primary key,
  epoch        text   not null,
  sequence     bigint not null,
  created_at   bigint not null,
  published_at bigint not null
);
-- What was published, the last of it. The size stands before the body, so that adding sizes up reads no bodies.
create table app_publications (
  channel    text   not null references app_channels (name) on delete cascade,
  sequence   bigint not null,
  at         bigint not null,
  size_bytes bigint not null,
  webhook_id text   not null,
  body       text   not null,
  primary key (channel, sequence)
);
create index app_publications_at on app_publications (at);
-- Messages that were taken: one that is sent again is published no more.
create table app_webhook_ids (
  channel  text   not null references app_channels (name) on delete cascade,
  id       text   not null,
  sequence bigint not null,
  at       bigint not null,
  primary key (channel, id)
);
create index app_webhook_ids_at on app_webhook_ids (at);
