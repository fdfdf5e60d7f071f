drop table client_ids;
drop index accounts_of_client;
alter table accounts drop column ended_at;
alter table accounts drop column is_premium;
alter table accounts drop column client_id;
