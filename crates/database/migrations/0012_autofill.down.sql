drop index tracks_shuffled;
drop index tracks_by_genre;
drop index tracks_of_artist;
drop index tracks_by_loudness;
drop index play_reactions_jams;
drop index plays_voted_for;
drop index plays_of_track;
create index plays_of_track on plays (track_id);
-- A release that knows no previews cannot read their events. The removal of an entry that is not there changes nothing,
-- and leaves no gap.
update nest_events set kind = 'entry_removed', payload = '{"format":1,"body":{"kind":"entry_removed","entry":0}}'
where kind in ('autofill_previewed', 'autofill_rested', 'track_filtered');
