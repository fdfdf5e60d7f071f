-- A release that cannot take a filter back cannot read that it was. The removal of an entry that is not there changes
-- nothing, and leaves no gap.
update nest_events set kind = 'entry_removed', payload = '{"format":1,"body":{"kind":"entry_removed","entry":0}}'
where kind = 'track_unfiltered';
delete from audit where action = 'member_removed';
drop table followings;
drop table daily_counts;
alter table plays drop column because;
alter table members drop column last_seen_at;
