//! Migrations and the statement check.

use super::log::{decided, opened, seconds};
use crate::sample::{NOW, hash, track};
use database::jobs::NewJob;
use database::nests::{self, Play, Projection};
use database::{Database, Error, blobs, check_statements, jobs, migrate, search, tracks};
use library::SearchQuery;
use model::{Contributor, EntryId, JobId, MemberId, PlayId, Role};
use nest::{Actor, Command};
use std::collections::BTreeSet;

pub async fn every_step_up_and_down_gives_the_same_schema(database: &Database) {
    let full = migrate::schema(database).await.unwrap();
    let names = migrate::status(database).await.unwrap().applied;
    assert!(names.len() >= 4 && full.len() > names.len());
    assert_eq!(migrate::up(database, NOW).await.unwrap(), Vec::<String>::new());
    for steps in 1..=names.len() {
        let mut undone = migrate::down(database, steps).await.unwrap();
        undone.reverse();
        assert_eq!(undone, names[names.len() - steps..]);
        assert!(matches!(migrate::verify(database).await, Err(Error::Migration { .. })));
        assert_ne!(migrate::schema(database).await.unwrap(), full);
        assert_eq!(migrate::up(database, NOW).await.unwrap(), undone);
        assert_eq!(migrate::schema(database).await.unwrap(), full, "after {steps} down and up");
    }
    migrate::down(database, 99).await.unwrap();
    assert_eq!(migrate::schema(database).await.unwrap(), Vec::<String>::new());
    migrate::up(database, NOW).await.unwrap();
    migrate::verify(database).await.unwrap();
}

pub async fn every_statement_fits_the_schema(database: &Database) {
    migrate::down(database, 1).await.unwrap();
    assert!(!check_statements(database).await.unwrap().is_empty(), "a missing table must be noticed");
    migrate::up(database, NOW).await.unwrap();
    let problems = check_statements(database).await.unwrap();
    assert!(problems.is_empty(), "{problems:#?}");
}

pub async fn old_binary_runs_on_new_schema_that_tolerates_it_is_refused_by_others_and_can_step_back(
    database: &Database,
) {
    let full = migrate::schema(database).await.unwrap();
    // What a release to come would leave: one table more, and the way back beside it.
    for (number, tolerant) in [(9001, true), (9002, false)] {
        let known = if tolerant { 4 } else { number };
        crate::suite::script(
            database,
            &format!(
                "create table future_{number} (id text not null primary key);
                 insert into schema_migrations (number, name, checksum, down_script, known_at_least, applied_at)
                 values ({number}, 'future', 'unknown', 'drop table future_{number}', {known}, 1)"
            ),
        )
        .await;
        let verified = migrate::verify(database).await;
        match verified {
            Ok(()) => assert!(tolerant),
            Err(Error::DatabaseNewer { newest, .. }) => assert!(!tolerant && newest == number),
            Err(other) => panic!("{other}"),
        }
    }
    assert!(matches!(migrate::up(database, NOW).await, Err(Error::DatabaseNewer { newest: 9002, .. })));
    let status = migrate::status(database).await.unwrap();
    assert_eq!(status.unknown, ["9001_future", "9002_future"]);
    assert_eq!(migrate::step_back(database).await.unwrap(), ["9002_future", "9001_future"]);
    migrate::verify(database).await.unwrap();
    assert_eq!(migrate::schema(database).await.unwrap(), full);
}

pub async fn tracks_of_the_same_bytes_become_one_when_the_rule_comes(database: &Database) {
    let first = track(1, "Common", "Artist", "");
    let mut second = track(2, "Common Rareword", "Artist", "");
    second.artwork = Some(hash(600));
    let other = track(3, "Other", "Artist", "");
    tracks::insert(database, &[first.clone(), second.clone(), other.clone()]).await.unwrap();
    tracks::set_waveform(database, second.id, &[1]).await.unwrap();
    let payload = second.id.to_string();
    let (id, kind) = (JobId::from_u128(1), "track.measure".into());
    let job = NewJob { id, kind, payload, run_at: NOW, dedupe_key: None };
    jobs::enqueue(database, &job, NOW).await.unwrap();
    // A nest that plays the second and has it and the third queued.
    let (nest, mut state) = opened(database, 1).await;
    let ada = Actor::Person { id: MemberId::from_u128(1), name: "Ada".into(), role: Role::Host };
    for (at, track) in [&second, &second, &other].into_iter().enumerate() {
        let at = seconds(at as u64);
        let (after, events) = decided(&state, &Command::Add(track.summary()), &ada, at);
        let projections = [
            Projection::PlayStarted(Box::new(Play {
                id: PlayId::from_u128(after.sequence().into()),
                nest,
                entry: EntryId::from_sequence(after.sequence()),
                track: track.summary(),
                added_by: Contributor::Autofill,
                because: None,
                tally: 0,
                started_at: at,
                ended: None,
                jams: Vec::new(),
                comments: Vec::new(),
            })),
            Projection::Snapshot(Box::new(after.snapshot())),
        ];
        nests::append(database, nest, &events, &projections).await.unwrap();
        state = after;
    }
    // As a release without the rule would have left it.
    let steps = migrate::status(database).await.unwrap().applied.len() - 4;
    migrate::down(database, steps).await.unwrap();
    let (same, was) = (first.original.hash, second.original.hash);
    for table in [
        format!("update tracks set original_hash = '{same}' where id = '{}'", second.id),
        format!("update blob_references set hash = '{same}' where hash = '{was}'"),
    ] {
        super::script(database, &table).await;
    }
    migrate::up(database, NOW).await.unwrap();

    assert_eq!(tracks::get(database, second.id).await.unwrap(), None);
    assert_eq!(tracks::find_by_original(database, same).await.unwrap(), Some(first.clone()));
    assert_eq!(tracks::count(database).await.unwrap(), 2);
    assert_eq!(tracks::waveform(database, second.id).await.unwrap(), None);
    let plays = nests::list_plays(database, Some(nest), None, 10).await.unwrap();
    let played: Vec<_> = plays.iter().map(|play| play.track.id).collect();
    assert_eq!(played, [other.id, first.id, first.id]);
    let loaded = nests::load(database, nest).await.unwrap().unwrap();
    assert_eq!(loaded.sequence(), state.sequence());
    let playing = loaded.playing().unwrap().entry.track.id;
    let queued: Vec<_> = loaded.queue().iter().map(|entry| entry.track.id).collect();
    assert_eq!((playing, queued), (first.id, vec![first.id, other.id]));
    assert_eq!(jobs::counts(database).await.unwrap().waiting, 0);
    assert_eq!(blobs::references(database, same).await.unwrap(), 1);
    assert_eq!(blobs::references(database, hash(600)).await.unwrap(), 0);
    let collected = blobs::collect(database, seconds(9_999), 10).await.unwrap();
    let collected: BTreeSet<_> = collected.into_iter().map(|blob| blob.hash).collect();
    assert!(collected.contains(&hash(600)) && !collected.contains(&same), "{collected:?}");
    let found = async |words: &str| {
        search::tracks(database, &SearchQuery::parse(words), 10).await.unwrap().tracks.len()
    };
    assert_eq!((found("common").await, found("rareword").await), (1, 0));
    // The vocabulary counts as if the second had never been there.
    assert!(tracks::delete(database, first.id, NOW, None).await.unwrap().is_some());
    assert_eq!((found("common").await, found("other").await), (0, 1));
}
