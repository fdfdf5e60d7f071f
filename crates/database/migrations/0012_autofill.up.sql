-- How tracks like another are drawn: the last 16 characters of an id are chance, so that reading on from any place among
-- them draws by chance.
create index tracks_shuffled on tracks (substr(id, 11)) where playable in ('original', 'transcoded');
create index tracks_by_genre on tracks (lower(genre), substr(id, 11)) where playable in ('original', 'transcoded');
create index tracks_of_artist on tracks (artist_sort, substr(id, 11)) where playable in ('original', 'transcoded');
create index tracks_by_loudness on tracks (loudness_lufs) where playable in ('original', 'transcoded');
-- What people loved, and when it was last played.
create index play_reactions_jams on play_reactions (at) where kind = 'jam';
create index plays_voted_for on plays (started_at) where tally > 0;
drop index plays_of_track;
create index plays_of_track on plays (track_id, started_at);
