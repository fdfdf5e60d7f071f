//! Appends that share a commit on SQLite, and callers that go away in the middle of it.

use crate::engines;
use crate::sample::track;
use crate::suite::log::{decided, opened, seconds};
use database::nests::{self, NestRecord};
use database::{Database, Error};
use model::{MemberId, NestCode, NestId, Role, SeededEntropy};
use nest::{Actor, Command, Nest, NestName, Settings};
use tokio::task::JoinSet;

fn somebody() -> Actor {
    Actor::Person { id: MemberId::from_u128(5), name: "Ada".into(), role: Role::Host }
}

async fn append_song(database: &Database, id: NestId, state: &Nest) -> Result<Nest, Error> {
    let command = Command::Add(track(u128::from(state.sequence()), "Song", "Artist", "").summary());
    let (after, events) = decided(state, &command, &somebody(), seconds(1));
    nests::append(database, id, &events, &[]).await.map(|()| after)
}

#[tokio::test(flavor = "multi_thread")]
async fn appends_of_many_nests_share_commits() {
    let engine = engines::sqlite().await;
    let database = engine.open().await;
    let mut nests = Vec::new();
    for number in 1..=32 {
        nests.push(opened(&database, number).await);
    }
    let before = database.grouped_commits();
    let mut writers = JoinSet::new();
    for (id, mut state) in nests {
        let database = database.clone();
        writers.spawn(async move {
            for _ in 0..10 {
                state = append_song(&database, id, &state).await.unwrap();
            }
            (id, state)
        });
    }
    let states = writers.join_all().await;
    let commits = database.grouped_commits() - before;
    assert!(commits < 320 / 2, "320 appends took {commits} commits");
    // From another process's view: what was acknowledged is in the file.
    let second = engine.open().await;
    for (id, state) in states {
        assert_eq!(nests::load(&second, id).await.unwrap(), Some(state));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_conflicts_spoils_nobody_else() {
    let engine = engines::sqlite().await;
    let database = engine.open().await;
    let (shared, state) = opened(&database, 1).await;
    let mut own = Vec::new();
    for number in 2..=9 {
        own.push(opened(&database, number).await);
    }
    // Eight want the same sequence number, eight have a nest of their own: all queue up behind an open transaction.
    let blocker = database.begin().await.unwrap();
    let mut writers = JoinSet::new();
    for (id, own_state) in own {
        let (first, second, state) = (database.clone(), database.clone(), state.clone());
        writers.spawn(async move { append_song(&first, id, &own_state).await.map(|_| true) });
        writers.spawn(async move { append_song(&second, shared, &state).await.map(|_| false) });
    }
    blocker.rollback().await;
    let outcomes = writers.join_all().await;
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Ok(true)).count(), 8);
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Ok(false)).count(), 1);
    let moved = Err(Error::LogMoved { expected: 2 });
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == moved).count(), 7);
}

/// Opens a nest of its own: the append whose outcome is looked at.
async fn open_one(database: Database, id: NestId) -> Result<(), Error> {
    let (_, first) = Nest::open(Settings::new(NestName::parse("Nest").unwrap()), None, seconds(0));
    let mut chance = SeededEntropy::from_seed(u64::try_from(id.as_u128()).unwrap());
    let record = NestRecord {
        id,
        code: NestCode::generate(&mut chance),
        name: "Nest".into(),
        created_by: None,
        created_at: seconds(0),
        closed_at: None,
        listened_at: None,
    };
    nests::open(&database, &record, &first).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_goes_away_takes_nothing_from_the_others() {
    let engine = engines::sqlite().await;
    let database = engine.open().await;
    for round in 0..20_u128 {
        let blocker = database.begin().await.unwrap();
        let mut writers = JoinSet::new();
        let mut handles = Vec::new();
        for number in 1..=6 {
            let id = NestId::from_u128(round * 10 + number);
            let database = database.clone();
            handles.push(writers.spawn(async move { (id, open_one(database, id).await) }));
        }
        // Some go away before the commit begins and some during it, whoever leads it.
        for _ in 0..round * 5 {
            tokio::task::yield_now().await;
        }
        handles[0].abort();
        blocker.rollback().await;
        handles[2].abort();
        handles[4].abort();
        let mut acknowledged = 0;
        while let Some(writer) = writers.join_next().await {
            match writer {
                Ok((id, outcome)) => {
                    outcome.unwrap();
                    let stored = nests::load(&database, id).await.unwrap();
                    assert_eq!(stored.map(|nest| nest.sequence()), Some(1), "acknowledged, so it is there");
                    acknowledged += 1;
                }
                Err(gone) => assert!(gone.is_cancelled(), "{gone}"),
            }
        }
        assert!(acknowledged >= 3, "who stayed was answered");
    }
    // Nothing is left locked, even when all go away at once.
    let mut writers = JoinSet::new();
    for number in 1_001..=1_020 {
        writers.spawn(open_one(database.clone(), NestId::from_u128(number)));
    }
    writers.shutdown().await;
    let (id, state) = opened(&database, 999_999).await;
    append_song(&database, id, &state).await.unwrap();
}
