drop index nests_open_slug;
alter table nests drop column slug;
-- A release that knows no doors cannot read their events. The removal of an entry that is not there changes nothing, and
-- leaves no gap.
update nest_events set kind = 'entry_removed', payload = '{"format":1,"body":{"kind":"entry_removed","entry":0}}'
where kind in ('locked', 'unlocked', 'kicked', 'let_in');
delete from audit where action in ('nest_locked', 'nest_unlocked', 'nest_kicked', 'nest_let_in');
