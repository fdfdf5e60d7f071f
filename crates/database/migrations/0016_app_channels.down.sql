drop table app_webhook_ids;
drop table app_publications;
drop table app_channels;
