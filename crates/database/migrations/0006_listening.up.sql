-- When somebody was last known to listen to a nest, give or take some minutes.
alter table nests add column listened_at bigint;
