drop table play_reactions;
-- A release that knows no reactions cannot read their events. The removal of an entry that is not there changes nothing,
-- and leaves no gap.
update nest_events set kind = 'entry_removed', payload = '{"format":1,"body":{"kind":"entry_removed","entry":0}}'
where kind in ('jammed', 'commented', 'comment_removed', 'free_horn_earned', 'horn_blown', 'volume_changed');
