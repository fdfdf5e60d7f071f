//! Hearing of what another process writes: two handles on one database stand for the two processes.

use crate::engines::{self, Engine};
use crate::sample::track;
use crate::suite::log::{decided, opened, seconds};
use database::{Database, nests};
use model::{MemberId, NestId, Role};
use nest::{Actor, Command, Nest};
use std::time::Duration;

/// More than any engine takes.
const HEARD_MAX: Duration = Duration::from_secs(10);
/// Long beside how often SQLite is asked.
const QUIET: Duration = Duration::from_millis(200);

async fn append(database: &Database, id: NestId, state: &Nest) -> Nest {
    let by = Actor::Person { id: MemberId::from_u128(5), name: "Ada".into(), role: Role::Host };
    let command = Command::Add(track(u128::from(state.sequence()), "Song", "Artist", "").summary());
    let (after, events) = decided(state, &command, &by, seconds(1));
    nests::append(database, id, &events, &[]).await.unwrap();
    after
}

async fn what_another_appends_is_heard(engine: &Engine) {
    let (here, there) = (engine.open().await, engine.open_empty().await);
    let (id, mut state) = opened(&here, 1).await;
    let mut changes = here.changes().await.unwrap();
    for _ in 0..3 {
        state = append(&there, id, &state).await;
        let heard = async {
            // A word may come for what was written before.
            while nests::heads(&here, 10).await.unwrap()[0].sequence != state.sequence() {
                changes.wait().await.unwrap();
            }
        };
        tokio::time::timeout(HEARD_MAX, heard).await.expect("it is heard");
    }
    let heads = nests::heads(&here, 10).await.unwrap();
    assert_eq!((heads.len(), heads[0].id), (1, id));
    drop(there);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_process_appends_is_heard_on_sqlite() {
    what_another_appends_is_heard(&engines::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_process_appends_is_heard_on_postgres() {
    what_another_appends_is_heard(&engines::postgres().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_process_appends_is_heard_behind_a_pooler() {
    what_another_appends_is_heard(&engines::pooled(3).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_process_appends_is_heard_on_libsql() {
    what_another_appends_is_heard(&engines::libsql().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_tells_a_process_nothing_of_its_own_commits_and_something_of_each_other_one() {
    let engine = engines::sqlite().await;
    let (here, there) = (engine.open().await, engine.open_empty().await);
    let (id, state) = opened(&here, 1).await;
    let mut changes = here.changes().await.unwrap();
    let state = append(&here, id, &state).await;
    assert!(tokio::time::timeout(QUIET, changes.wait()).await.is_err(), "its own commit is no news");
    // Written while nobody waited, and heard all the same.
    append(&there, id, &state).await;
    tokio::time::timeout(HEARD_MAX, changes.wait()).await.expect("the other's is").unwrap();
    assert!(tokio::time::timeout(QUIET, changes.wait()).await.is_err(), "once");
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_tells_when_it_is_committed_and_not_before() {
    let engine = engines::postgres().await;
    let (here, there) = (engine.open().await, engine.open_empty().await);
    let (id, state) = opened(&here, 1).await;
    let mut changes = here.changes().await.unwrap();
    let began = tokio::time::Instant::now();
    let after = append(&there, id, &state).await;
    changes.wait().await.unwrap();
    // Nobody told would show by the time after which the logs are looked at all the same.
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    assert_eq!(nests::heads(&here, 10).await.unwrap()[0].sequence, after.sequence());
}
