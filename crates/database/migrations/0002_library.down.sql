drop table search_deletes;
drop table search_terms;
drop table track_search;
drop table blob_references;
drop table blobs;
drop table track_waveforms;
drop table tracks;
