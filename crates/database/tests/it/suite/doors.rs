//! Doors of nests in the log and in the snapshot, gone when an older release comes; and the words that lead to nests.

use super::log::{decided, opened, person, seconds, song};
use super::script;
use database::nests::{self, NestRecord, Projection};
use database::{Database, Error, migrate};
use model::{MemberId, NestCode, NestId, Role, SeededEntropy, Slug};
use nest::{Command, Nest, NestName, Person, Seed, Settings};

fn bo() -> Person {
    Person { id: MemberId::from_u128(2), name: "Bo \"the\" <b>".to_owned() }
}

fn commands() -> Vec<Command> {
    vec![
        Command::Add(song(1)),
        Command::Add(song(2)),
        Command::Lock(vec![MemberId::from_u128(2), MemberId::from_u128(3)]),
        Command::Kick(bo(), Role::Member),
        Command::LetIn(MemberId::from_u128(9)),
        Command::Unlock,
        Command::Lock(vec![MemberId::from_u128(4)]),
    ]
}

pub async fn doors_come_back_from_the_log_and_from_a_snapshot(database: &Database) {
    let (id, mut state) = opened(database, 1).await;
    for (at, command) in (1..).zip(commands()) {
        let (after, events) = decided(&state, &command, &person(1), seconds(at));
        assert!(!events.is_empty(), "{command:?}");
        nests::append(database, id, &events, &[]).await.unwrap();
        state = after;
        assert_eq!(nests::load(database, id).await.unwrap().as_ref(), Some(&state), "after {command:?}");
    }
    let (after, events) = decided(&state, &Command::Pause, &person(1), seconds(60));
    nests::append(database, id, &events, &[Projection::Snapshot(Box::new(after.snapshot()))]).await.unwrap();
    script(database, &format!("delete from nest_events where sequence < {}", after.sequence())).await;
    assert_eq!(nests::load(database, id).await.unwrap(), Some(after));
}

pub async fn a_release_without_doors_can_read_the_log_after_a_step_back(database: &Database) {
    let (id, mut state) = opened(database, 1).await;
    for (at, command) in (1..).zip(commands()) {
        let (after, events) = decided(&state, &command, &person(1), seconds(at));
        nests::append(database, id, &events, &[]).await.unwrap();
        state = after;
    }
    let steps = migrate::status(database).await.unwrap().applied.len() - 12;
    migrate::down(database, steps).await.unwrap();
    let events = nests::read(database, id, 1, 1_000).await.unwrap();
    assert!(events.iter().map(|event| event.sequence).eq(1..=state.sequence()), "no gap");
    migrate::up(database, seconds(99)).await.unwrap();
    let loaded = nests::load(database, id).await.unwrap().unwrap();
    assert_eq!(loaded.door(), &nest::Door::default());
    assert_eq!(loaded.queue(), state.queue());
}

/// Opens a nest that this word leads to.
async fn open(database: &Database, number: u128, slug: &str) -> Result<(NestId, Nest), Error> {
    let slug: Slug = slug.parse().unwrap();
    let settings = Settings { slug: Some(slug), ..Settings::new(NestName::parse("Attic").unwrap()) };
    let by = model::Contributor::Autofill;
    let seed = Seed { track: song(1).id, title: "Song".to_owned(), artist: String::new(), by };
    let (nest, first) = Nest::open_from(settings, Some(MemberId::from_u128(1)), Some(seed), seconds(0));
    let record = NestRecord {
        id: NestId::from_u128(number),
        code: NestCode::generate(&mut SeededEntropy::from_seed(number as u64)),
        name: "Attic".to_owned(),
        created_by: Some(MemberId::from_u128(1)),
        created_at: seconds(0),
        closed_at: None,
        listened_at: None,
    };
    nests::open(database, &record, &first).await?;
    Ok((record.id, nest))
}

pub async fn a_word_leads_to_one_open_nest(database: &Database) {
    let (first, state) = open(database, 1, "attic").await.unwrap();
    assert_eq!(
        nests::load(database, first).await.unwrap().as_ref(),
        Some(&state),
        "with the song it began from"
    );
    assert!(matches!(open(database, 2, "attic").await, Err(Error::SlugTaken)));
    assert!(nests::get(database, NestId::from_u128(2)).await.unwrap().is_none(), "nothing was opened");
    let (second, other) = open(database, 3, "cellar").await.unwrap();
    let (_, events) = decided(&other, &Command::Add(song(1)), &person(1), seconds(1));
    let take = [Projection::Renamed("Attic".to_owned(), Some("attic".parse().unwrap()))];
    assert!(matches!(nests::append(database, second, &events, &take).await, Err(Error::SlugTaken)));
    assert_eq!(nests::load(database, second).await.unwrap(), Some(other), "all or nothing");
    let (_, closed) = decided(&state, &Command::Close, &person(1), seconds(2));
    nests::append(database, first, &closed, &[Projection::Closed(seconds(2))]).await.unwrap();
    nests::append(database, second, &events, &take).await.unwrap();
}
