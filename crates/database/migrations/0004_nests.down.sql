drop table plays;
drop table nest_snapshots;
drop table nest_events;
drop table nests;
