-- One track for the same bytes. Where there are several the first stays, and what referred to the others refers to it.
create table merged_tracks as
  select tracks.id as id, tracks.number as number, first_track.id as first_id
  from tracks
    join (select original_hash, min(number) as number from tracks group by original_hash) as first_number
      on first_number.original_hash = tracks.original_hash and first_number.number < tracks.number
    join tracks as first_track on first_track.number = first_number.number;
update plays set track_id = (select first_id from merged_tracks where merged_tracks.id = plays.track_id)
  where track_id in (select id from merged_tracks);
-- An event speaks of one track at most. A snapshot may hold many, and is only a short cut.
update nest_events set payload = replace(nest_events.payload, merged_tracks.id, merged_tracks.first_id)
  from merged_tracks where nest_events.payload like '%' || merged_tracks.id || '%';
delete from nest_snapshots where exists (
  select 1 from merged_tracks where nest_snapshots.payload like '%' || merged_tracks.id || '%');
delete from jobs where state = 'waiting' and payload in (select id from merged_tracks);
update search_terms set tracks = tracks - (
    select count(*) from merged_tracks join track_search on track_search.rowid = merged_tracks.number
    where replace(' ' || title || ' ' || artist || ' ' || album || ' ' || genre || ' ', ' ' || term || ' ', '')
      <> ' ' || title || ' ' || artist || ' ' || album || ' ' || genre || ' ')
  where exists (select 1 from merged_tracks);
delete from search_deletes where term in (select term from search_terms where tracks <= 0);
delete from search_terms where tracks <= 0;
delete from track_search where rowid in (select number from merged_tracks);
update blobs set unreferenced_since = created_at
  where unreferenced_since is null
    and hash in (select hash from blob_references where owner_id in (select id from merged_tracks))
    and hash not in (select hash from blob_references where owner_id not in (select id from merged_tracks));
delete from blob_references where owner_id in (select id from merged_tracks);
delete from tracks where id in (select id from merged_tracks);
drop table merged_tracks;
drop index tracks_by_original;
create unique index tracks_by_original on tracks (original_hash);
