//! Appends that share a commit on SQLite, and callers that go away in the middle of it.

use crate::peers;
use crate::sample::track;
use crate::suite::log::{decided, opened, seconds};
use database::nests::{self, Projection};
use database::{Database, Error};
use model::{MemberId, NestId, Role};
use nest::{Actor, Command, Nest};
use std::time::Duration;

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
    let peer = peers::sqlite().await;
    let database = peer.open().await;
    let mut nests = Vec::new();
    for number in 1..=32 {
        nests.push(opened(&database, number).await);
    }
    let before = database.grouped_commits();
    let mut writers = tokio::task::JoinSet::new();
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
    let second = peer.open().await;
    for (id, state) in states {
        assert_eq!(nests::load(&second, id).await.unwrap(), Some(state));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_conflicts_spoils_nobody_else() {
    let peer = peers::sqlite().await;
    let database = peer.open().await;
    let (shared, state) = opened(&database, 1).await;
    let mut own = Vec::new();
    for number in 2..=9 {
        own.push(opened(&database, number).await);
    }
    // Eight want the same sequence number, eight have a nest of their own: all queue up behind an open transaction.
    let blocker = database.begin().await.unwrap();
    let mut writers = tokio::task::JoinSet::new();
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

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_goes_away_takes_nothing_from_the_others() {
    let peer = peers::sqlite().await;
    let database = peer.open().await;
    for round in 0..20_u128 {
        let blocker = database.begin().await.unwrap();
        let mut writers = Vec::new();
        for number in 0..6 {
            let (id, _) = (NestId::from_u128(round * 10 + number + 1), ());
            let database = database.clone();
            writers.push((
                id,
                tokio::spawn(async move {
                    let (_, first) = Nest::open(
                        nest::Settings::new(nest::NestName::parse("Nest").unwrap()),
                        None,
                        seconds(0),
                    );
                    let record = nests::NestRecord {
                        id,
                        code: model::NestCode::generate(&mut model::SeededEntropy::from_seed(
                            u64::try_from(id.as_u128()).unwrap(),
                        )),
                        name: "Nest".into(),
                        created_by: None,
                        created_at: seconds(0),
                        closed_at: None,
                    };
                    nests::open(&database, &record, &first).await
                }),
            ));
        }
        // Whoever leads the commit by now, three go away, some before and some during it.
        tokio::time::timeout(
            Duration::from_millis(u64::try_from(round % 4).unwrap()),
            std::future::pending::<()>(),
        )
        .await
        .unwrap_err();
        writers[0].1.abort();
        blocker.rollback().await;
        writers[2].1.abort();
        writers[4].1.abort();
        for (at, (id, writer)) in writers.into_iter().enumerate() {
            match writer.await {
                Ok(opened) => {
                    opened.unwrap();
                    let stored = nests::load(&database, id).await.unwrap();
                    assert_eq!(stored.map(|nest| nest.sequence()), Some(1), "acknowledged, so it is there");
                }
                Err(gone) => {
                    assert!(gone.is_cancelled() && at % 2 == 0, "only who was told to goes away: {gone}")
                }
            }
        }
    }
    // And nothing is left locked.
    let (id, state) = opened(&database, 999_999).await;
    append_song(&database, id, &state).await.unwrap();
    let closed = [Projection::Renamed("Still here".into())];
    let (_, events) = decided(
        &nests::load(&database, id).await.unwrap().unwrap(),
        &Command::Skip(None),
        &somebody(),
        seconds(2),
    );
    nests::append(&database, id, &events, &closed).await.unwrap();
}
