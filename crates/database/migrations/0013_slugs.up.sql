-- The word that leads to an open nest. Logs may tell from now on who was put out and who was locked in.
alter table nests add column slug text;
create unique index nests_open_slug on nests (slug) where closed_at is null;
