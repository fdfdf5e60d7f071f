drop table log_readers;
drop table past_members;
drop index plays_of_person;
drop index plays_by_people;
alter table plays drop column tally;
alter table plays drop column source;
drop index tracks_by_isrc;
alter table tracks drop column isrc;
drop table external_tracks;
