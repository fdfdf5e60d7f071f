drop table server_settings;
drop table idempotency;
drop table jobs;
