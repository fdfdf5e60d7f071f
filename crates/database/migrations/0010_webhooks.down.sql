delete from log_readers where reader like 'webhook:%';
drop table webhooks;
