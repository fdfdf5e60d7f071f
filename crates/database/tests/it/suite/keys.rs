//! Requests with a key: what they did and that they did it come into the database together, once.

use super::log::{decided, opened, seconds};
use crate::sample::track;
use database::idempotency::{self, Answer, Kept};
use database::nests::{self, Projection};
use database::{Database, Error};
use model::{EntryId, MemberId, NestId, Role};
use nest::{Actor, Command, Nest};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 3600);

fn ada() -> Actor {
    Actor::Person { id: MemberId::from_u128(1), name: "Ada".into(), role: Role::Host }
}

fn answer(key: &str, digest: &str, body: &str, at: u64) -> Projection {
    Projection::Answered(Answer {
        member: MemberId::from_u128(1),
        key: key.into(),
        digest: digest.into(),
        status: 200,
        body: body.into(),
        at: seconds(at),
        expires_at: seconds(at).plus(DAY),
    })
}

async fn kept(database: &Database, key: &str, digest: &str, at: u64) -> Option<Kept> {
    idempotency::find(database, MemberId::from_u128(1), key, digest, seconds(at)).await.unwrap()
}

fn told(body: &str) -> Option<Kept> {
    Some(Kept::Answered { status: 200, body: body.into() })
}

pub async fn an_answer_is_kept_with_what_was_done_and_only_then(database: &Database) {
    let (id, state) = opened(database, 1).await;
    let add = Command::Add(track(1, "Song", "Artist", "").summary());
    let (after, events) = decided(&state, &add, &ada(), seconds(1));
    assert_eq!(kept(database, "k", "a", 1).await, None);
    nests::append(database, id, &events, &[answer("k", "a", "first", 1)]).await.unwrap();
    assert_eq!(kept(database, "k", "a", 2).await, told("first"));
    assert_eq!(kept(database, "k", "b", 2).await, Some(Kept::Reused));
    let other = idempotency::find(database, MemberId::from_u128(2), "k", "a", seconds(2)).await.unwrap();
    assert_eq!(other, None, "another person's key is another key");

    // Again: neither the events nor the name beside them nor another answer.
    let (_, events) = decided(&after, &add, &ada(), seconds(3));
    let again = [Projection::Renamed("Twice".into(), None), answer("k", "a", "second", 3)];
    assert_eq!(nests::append(database, id, &events, &again).await, Err(Error::KeyTaken));
    assert_eq!(nests::load(database, id).await.unwrap().as_ref(), Some(&after));
    assert_eq!(nests::get(database, id).await.unwrap().unwrap().name, "Attic");
    assert_eq!(kept(database, "k", "a", 4).await, told("first"));

    // An append that comes too late leaves its key free.
    let (_, late) = decided(&state, &add, &ada(), seconds(5));
    let refused = nests::append(database, id, &late, &[answer("late", "a", "never", 5)]).await;
    assert_eq!(refused, Err(Error::LogMoved { expected: 2 }));
    assert_eq!(kept(database, "late", "a", 5).await, None);

    // What changed nothing is answered too, and once.
    nests::append(database, id, &[], &[answer("idle", "c", "nothing", 6)]).await.unwrap();
    let again = nests::append(database, id, &[], &[answer("idle", "c", "something", 7)]).await;
    assert_eq!(again, Err(Error::KeyTaken));
    assert_eq!(kept(database, "idle", "c", 7).await, told("nothing"));

    // After a day the key is free, whether or not it was swept.
    let late = DAY.as_secs() + 1;
    assert_eq!(kept(database, "k", "a", late).await, None);
    nests::append(database, id, &events, &[answer("k", "b", "a day later", late)]).await.unwrap();
    assert_eq!(kept(database, "k", "b", late).await, told("a day later"));
    assert_eq!(idempotency::sweep(database, seconds(late + 6)).await.unwrap(), 1);
    assert_eq!(kept(database, "idle", "c", 7).await, None);
    assert_eq!(kept(database, "k", "b", late).await, told("a day later"));
}

/// One process' way with a command and its key, as the server goes it.
async fn carried_out(database: Database, id: NestId, mut state: Nest, number: u64) -> EntryId {
    let add = Command::Add(track(u128::from(number) + 1, "Song", "Artist", "").summary());
    let key = format!("key {}", number % 4);
    loop {
        let (after, events) = decided(&state, &add, &ada(), seconds(1));
        let entry = after.queue().iter().map(|entry| entry.id).max().unwrap();
        let body = entry.sequence().to_string();
        match nests::append(&database, id, &events, &[answer(&key, "same", &body, 1)]).await {
            Ok(()) => return entry,
            Err(Error::LogMoved { expected }) => {
                let missed = nests::read(&database, id, expected, 100).await.unwrap();
                missed.iter().for_each(|event| state.apply(event));
            }
            Err(Error::KeyTaken) => match kept(&database, &key, "same", 2).await {
                Some(Kept::Answered { body, .. }) => {
                    let sequence = String::from_utf8(body).unwrap().parse().unwrap();
                    return EntryId::from_sequence(sequence);
                }
                other => panic!("{other:?}"),
            },
            Err(other) => panic!("{other}"),
        }
    }
}

pub async fn an_append_whose_caller_left_is_done_once_when_it_is_asked_for_again(database: &Database) {
    let (id, state) = opened(database, 1).await;
    let play = Command::Add(track(900, "Playing", "Artist", "").summary());
    let (mut state, events) = decided(&state, &play, &ada(), seconds(0));
    nests::append(database, id, &events, &[]).await.unwrap();
    let mut there_already = 0;
    for step in 0..60_u32 {
        let add = Command::Add(track(u128::from(step) + 1, "Song", "Artist", "").summary());
        let key = format!("key {step}");
        let (after, events) = decided(&state, &add, &ada(), seconds(1));
        let kept_with_it = [answer(&key, "same", "done", 1)];
        // Later and later: before, while and after it is carried out.
        let leave = async {
            let came = tokio::time::Instant::now();
            while came.elapsed() < Duration::from_micros(60) * step {
                tokio::task::yield_now().await;
            }
        };
        let told = tokio::select! {
            done = nests::append(database, id, &events, &kept_with_it) => Some(done),
            () = leave => None,
        };
        assert!(matches!(told, None | Some(Ok(()))), "{told:?}");
        match nests::append(database, id, &events, &kept_with_it).await {
            Ok(()) => assert!(told.is_none(), "it was acknowledged and is not there"),
            Err(Error::LogMoved { .. } | Error::KeyTaken) => there_already += 1,
            Err(other) => panic!("{other}"),
        }
        assert_eq!(
            kept(database, &key, "same", 2).await,
            Some(Kept::Answered { status: 200, body: "done".into() })
        );
        assert_eq!(nests::load(database, id).await.unwrap().as_ref(), Some(&after), "step {step}");
        state = after;
    }
    assert_eq!(state.queue().len(), 60);
    assert!(there_already < 60, "nobody left before it was done");
}

pub async fn of_many_processes_with_the_same_keys_each_key_does_its_work_once(database: &Database) {
    let (id, state) = opened(database, 1).await;
    // Something plays, so that whatever is added stays in the queue.
    let add = Command::Add(track(100, "Playing", "Artist", "").summary());
    let (state, events) = decided(&state, &add, &ada(), seconds(0));
    nests::append(database, id, &events, &[]).await.unwrap();
    let mut processes = tokio::task::JoinSet::new();
    for number in 0..12 {
        let (database, state) = (database.clone(), state.clone());
        processes.spawn(async move { (number % 4, carried_out(database, id, state, number).await) });
    }
    let mut told = processes.join_all().await;
    told.sort_unstable();
    told.dedup();
    assert_eq!(told.len(), 4, "each key has one answer: {told:?}");
    let mut told: Vec<_> = told.into_iter().map(|(_, entry)| entry).collect();
    told.sort_unstable();
    let state = nests::load(database, id).await.unwrap().unwrap();
    let mut queued: Vec<_> = state.queue().iter().map(|entry| entry.id).collect();
    queued.sort_unstable();
    assert_eq!(queued, told);
}
