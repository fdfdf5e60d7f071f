drop table link_codes;
