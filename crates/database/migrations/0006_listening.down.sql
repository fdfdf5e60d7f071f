alter table nests drop column listened_at;
