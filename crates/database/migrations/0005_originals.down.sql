drop index tracks_by_original;
create index tracks_by_original on tracks (original_hash);
