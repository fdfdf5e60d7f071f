//! The log of a nest: appends, conflicts, loading, snapshots, projections, many writers at once.

use crate::sample::{NOW, track};
use database::nests::{self, EVENTS_PER_SNAPSHOT, NestRecord, Play, PlayCursor, Projection};
use database::{Database, Error, transaction};
use model::{Contributor, MemberId, NestCode, NestId, PlayId, Role, SeededEntropy, TrackSummary, WallTime};
use nest::{
    Actor, Command, Event, Nest, NestName, Ordering, Outcome, Settings, SettingsChange, VoteDirection,
};
use std::collections::BTreeSet;
use std::time::Duration;

pub fn seconds(count: u64) -> WallTime {
    NOW.plus(Duration::from_secs(count))
}

pub fn person(number: u128) -> Actor {
    Actor::Person { id: MemberId::from_u128(number), name: format!("Member {number}"), role: Role::Host }
}

pub fn song(number: u128) -> TrackSummary {
    track(number, &format!("Song {number}"), "Artist", "Album").summary()
}

fn ordered(ordering: Ordering) -> Command {
    Command::Configure(SettingsChange { ordering: Some(ordering), ..SettingsChange::default() })
}

pub async fn opened(database: &Database, number: u128) -> (NestId, Nest) {
    let settings = Settings::new(NestName::parse("Attic").unwrap());
    let (nest, first) = Nest::open(settings, Some(MemberId::from_u128(1)), NOW);
    let mut chance = SeededEntropy::from_seed(u64::try_from(number).unwrap());
    let record = NestRecord {
        id: NestId::from_u128(number),
        code: NestCode::generate(&mut chance),
        name: "Attic".into(),
        created_by: Some(MemberId::from_u128(1)),
        created_at: NOW,
        closed_at: None,
        listened_at: None,
    };
    nests::open(database, &record, &first).await.unwrap();
    assert_eq!(nests::get(database, record.id).await.unwrap(), Some(record.clone()));
    (record.id, nest)
}

/// Decides on the state and returns it with the events folded in.
pub fn decided(nest: &Nest, command: &Command, by: &Actor, now: WallTime) -> (Nest, Vec<Event>) {
    let events = nest.decide(command, by, now).unwrap();
    let mut after = nest.clone();
    events.iter().for_each(|event| after.apply(event));
    (after, events)
}

pub async fn a_nest_comes_back_from_its_log_as_it_was(database: &Database) {
    let (id, mut state) = opened(database, 1).await;
    let commands = [
        (Command::Add(song(1)), 1),
        (Command::Add(song(2)), 1),
        (Command::Add(song(3)), 2),
        (Command::Add(song(4)), 3),
        (Command::Vote(model::EntryId::from_sequence(5), Some(VoteDirection::Down)), 2),
        (Command::Pause, 1),
        (Command::Resume, 1),
        (Command::Seek(model::TrackPosition::from_millis(60_000)), 1),
        (Command::Clear, 1),
        (Command::Restore(None), 1),
        (Command::Skip(None), 2),
        (Command::HandOver(MemberId::from_u128(2)), 1),
        (ordered(Ordering::FirstCome), 1),
        (Command::Remove(model::EntryId::from_sequence(5)), 1),
        (ordered(Ordering::MostVotes), 1),
        (Command::Restore(Some(model::EntryId::from_sequence(5))), 1),
    ];
    let mut all = nests::read(database, id, 1, 100).await.unwrap();
    assert_eq!(all.len(), 1);
    for (at, (command, by)) in commands.iter().enumerate() {
        let (after, events) = decided(&state, command, &person(*by), seconds(at as u64));
        assert!(!events.is_empty(), "{command:?}");
        nests::append(database, id, &events, &[]).await.unwrap();
        (state, all) = (after, [all, events].concat());
        assert_eq!(nests::load(database, id).await.unwrap().as_ref(), Some(&state), "after {command:?}");
    }
    assert_eq!(nests::read(database, id, 1, 1_000).await.unwrap(), all);
    assert_eq!(nests::read(database, id, 3, 2).await.unwrap(), all[2..4]);
    assert_eq!(nests::load(database, NestId::from_u128(99)).await.unwrap(), None);
}

pub async fn an_append_that_comes_late_or_early_is_refused(database: &Database) {
    let (id, state) = opened(database, 1).await;
    let (after, mine) = decided(&state, &Command::Add(song(1)), &person(1), NOW);
    let (_, theirs) = decided(&state, &Command::Add(song(2)), &person(2), NOW);
    nests::append(database, id, &mine, &[]).await.unwrap();
    let late = nests::append(database, id, &theirs, &[Projection::Renamed("never".into(), None)]).await;
    assert_eq!(late, Err(Error::LogMoved { expected: 2 }));
    assert_eq!(
        nests::get(database, id).await.unwrap().unwrap().name,
        "Attic",
        "the projection goes with its events"
    );
    // Ahead of the log: a gap would never heal.
    let (_, next) = decided(&after, &Command::Add(song(3)), &person(1), NOW);
    let ahead: Vec<Event> =
        next.into_iter().map(|event| Event { sequence: event.sequence + 5, ..event }).collect();
    let expected = ahead[0].sequence;
    assert_eq!(nests::append(database, id, &ahead, &[]).await, Err(Error::LogMoved { expected }));
    let torn = vec![mine[0].clone(), mine[0].clone()];
    assert!(matches!(nests::append(database, id, &torn, &[]).await, Err(Error::Unreadable { .. })));
    assert!(nests::append(database, NestId::from_u128(77), &mine, &[]).await.is_err());
    assert_eq!(nests::load(database, id).await.unwrap(), Some(after));
}

pub async fn plays_names_and_closing_follow_the_log(database: &Database) {
    let (id, state) = opened(database, 1).await;
    let code = nests::get(database, id).await.unwrap().unwrap().code;
    let (mut state, events) = decided(&state, &Command::Add(song(1)), &person(1), NOW);
    let entry = state.playing().unwrap().entry.clone();
    let play = Play {
        id: PlayId::from_u128(1),
        nest: id,
        entry: entry.id,
        track: (*entry.track).clone(),
        added_by: entry.added_by.clone(),
        because: None,
        tally: entry.tally(),
        started_at: seconds(1),
        ended: None,
        jams: Vec::new(),
        comments: Vec::new(),
    };
    nests::append(database, id, &events, &[Projection::PlayStarted(Box::new(play.clone()))]).await.unwrap();
    assert_eq!(nests::list_plays(database, Some(id), None, 10).await.unwrap(), std::slice::from_ref(&play));
    let (after, events) = decided(&state, &Command::Skip(None), &person(1), seconds(2));
    let ended = Projection::PlayEnded { entry: entry.id, at: seconds(2), outcome: Outcome::Skipped };
    let filler = Play {
        id: PlayId::from_u128(2),
        added_by: Contributor::Autofill,
        started_at: seconds(3),
        ..play.clone()
    };
    let projections =
        [ended, Projection::PlayStarted(Box::new(filler.clone())), Projection::Renamed("Loft".into(), None)];
    nests::append(database, id, &events, &projections).await.unwrap();
    state = after;
    let skipped = Play { ended: Some((seconds(2), Outcome::Skipped)), ..play };
    assert_eq!(nests::list_plays(database, None, None, 10).await.unwrap(), [filler.clone(), skipped.clone()]);
    let before = PlayCursor { started_at: filler.started_at, id: filler.id };
    assert_eq!(nests::list_plays(database, Some(id), Some(before), 10).await.unwrap(), [skipped]);
    assert_eq!(nests::find_by_code(database, code).await.unwrap().unwrap().name, "Loft");

    let (_, events) = decided(&state, &Command::Close, &person(1), seconds(4));
    nests::append(database, id, &events, &[Projection::Closed(seconds(4))]).await.unwrap();
    assert_eq!(nests::find_by_code(database, code).await.unwrap(), None);
    assert_eq!(nests::list_open(database, 10).await.unwrap(), []);
    let closed = nests::get(database, id).await.unwrap().unwrap();
    assert_eq!(closed.closed_at, Some(seconds(4)));
    assert!(nests::load(database, id).await.unwrap().unwrap().is_closed());
    // The code is free again, but taken while another open nest has it.
    let settings = Settings::new(NestName::parse("Next").unwrap());
    let (_, first) = Nest::open(settings, None, NOW);
    let next = NestRecord { id: NestId::from_u128(2), closed_at: None, ..closed };
    nests::open(database, &next, &first).await.unwrap();
    let third = NestRecord { id: NestId::from_u128(3), ..next.clone() };
    assert!(nests::open(database, &third, &first).await.unwrap_err().is_unique());
    assert_eq!(nests::get(database, third.id).await.unwrap(), None);
}

pub async fn a_snapshot_shortens_loading_and_a_damaged_one_only_costs_time(database: &Database) {
    let (id, mut state) = opened(database, 1).await;
    let mut snapshots = 0;
    while state.sequence() < EVENTS_PER_SNAPSHOT + 20 {
        let command = if state.playing().is_some() { Command::Skip(None) } else { Command::Add(song(1)) };
        let before = state.sequence();
        let (after, events) = decided(&state, &command, &person(1), seconds(before));
        let mut projections = Vec::new();
        if nests::snapshot_is_due(before, after.sequence()) {
            projections.push(Projection::Snapshot(Box::new(after.snapshot())));
            snapshots += 1;
        }
        nests::append(database, id, &events, &projections).await.unwrap();
        state = after;
    }
    assert_eq!(snapshots, 1);
    assert_eq!(nests::load(database, id).await.unwrap().as_ref(), Some(&state));
    // Without the events the snapshot holds, loading still works: it did not read them.
    transaction!(database, |tx| {
        let cut = format!("delete from nest_events where sequence < {}", EVENTS_PER_SNAPSHOT - 5);
        tx.run_script(&cut).await?;
        Ok(())
    })
    .unwrap();
    assert_eq!(nests::load(database, id).await.unwrap().as_ref(), Some(&state));

    let (id, mut state) = opened(database, 2).await;
    let (after, events) = decided(&state, &Command::Add(song(1)), &person(1), NOW);
    nests::append(database, id, &events, &[Projection::Snapshot(Box::new(after.snapshot()))]).await.unwrap();
    state = after;
    for payload in ["not even JSON", r#"{"format":99,"body":{}}"#] {
        let damage = format!("update nest_snapshots set payload = '{payload}' where nest_id = '{id}'");
        crate::suite::script(database, &damage).await;
        assert_eq!(nests::load(database, id).await.unwrap().as_ref(), Some(&state), "{payload}");
    }
    // An event that cannot be read is never passed over.
    let damage = format!(
        "update nest_events set payload = '{{\"format\":1,\"body\":{{\"kind\":\"painted\"}}}}'
         where nest_id = '{id}' and sequence = 2"
    );
    crate::suite::script(database, &damage).await;
    let refused = nests::load(database, id).await.unwrap_err();
    assert!(
        refused.to_string().contains("event 2 of nest") && refused.to_string().contains("painted"),
        "{refused}"
    );
}

pub async fn who_listened_last_is_known_to_every_process(database: &Database) {
    let (id, _) = opened(database, 1).await;
    assert_eq!(nests::listened_at(database, id).await.unwrap(), None);
    nests::listened(database, id, seconds(20)).await.unwrap();
    // Another process's clock may lag behind.
    nests::listened(database, id, seconds(10)).await.unwrap();
    assert_eq!(nests::listened_at(database, id).await.unwrap(), Some(seconds(20)));
    let record = nests::get(database, id).await.unwrap().unwrap();
    assert_eq!(record.listened_at, Some(seconds(20)));
    assert_eq!(nests::list_open(database, 5).await.unwrap(), [record]);
    assert_eq!(nests::listened_at(database, NestId::from_u128(9)).await.unwrap(), None);
}

pub async fn of_many_writers_each_event_is_appended_once(database: &Database) {
    let mut replicas = tokio::task::JoinSet::new();
    let mut ids = Vec::new();
    for number in 1..=3 {
        let (id, state) = opened(database, number).await;
        ids.push(id);
        for replica in 0..3_u128 {
            let (database, mut state) = (database.clone(), state.clone());
            replicas.spawn(async move {
                for turn in 0..5_u128 {
                    let command = Command::Add(song(replica * 100 + turn + 1));
                    // Decide, append; if another was faster catch up from the log and decide again.
                    loop {
                        let (after, events) = decided(&state, &command, &person(replica + 1), NOW);
                        match nests::append(&database, id, &events, &[]).await {
                            Ok(()) => {
                                state = after;
                                break;
                            }
                            Err(Error::LogMoved { expected }) => {
                                let missed = nests::read(&database, id, expected, 100).await.unwrap();
                                missed.iter().for_each(|event| state.apply(event));
                            }
                            Err(other) => panic!("{other}"),
                        }
                    }
                }
            });
        }
    }
    replicas.join_all().await;
    for id in ids {
        let state = nests::load(database, id).await.unwrap().unwrap();
        let queued = state.queue().iter().map(|entry| entry.track.id);
        let tracks: BTreeSet<_> =
            queued.chain(state.playing().map(|playing| playing.entry.track.id)).collect();
        assert_eq!(tracks.len(), 15);
        let events = nests::read(database, id, 1, 1_000).await.unwrap();
        assert!(events.iter().map(|event| event.sequence).eq(1..=state.sequence()));
    }
}
