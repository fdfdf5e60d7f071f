drop table audit;
drop table avatars;
drop table accounts;
drop table identities;
