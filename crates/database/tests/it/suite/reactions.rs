//! What people think of what plays: in the log, in the snapshot, with the play, and gone when an older release comes.

use super::log::{decided, opened, person, seconds, song};
use super::script;
use database::nests::{self, Play, Projection};
use database::{Database, migrate};
use model::{Action, CommentId, EntryId, HornSound, MemberId, NestId, Permissions, PlayId, Role, WallTime};
use nest::{Command, CommentText, Event, Nest, Outcome};

fn said(text: &str) -> CommentText {
    CommentText::parse(text).unwrap()
}

/// Opens a nest in which a song plays and one waits: entries 2 and 4.
async fn playing(database: &Database) -> (NestId, Nest) {
    let (id, state) = opened(database, 1).await;
    let (state, first) = decided(&state, &Command::Add(song(1)), &person(1), NOW_PLAYS);
    let (state, second) = decided(&state, &Command::Add(song(2)), &person(2), NOW_PLAYS);
    let playing = &state.playing().unwrap().entry;
    let play = Play {
        id: PlayId::from_u128(1),
        nest: id,
        entry: playing.id,
        track: (*playing.track).clone(),
        added_by: playing.added_by.clone(),
        because: None,
        tally: 0,
        started_at: NOW_PLAYS,
        ended: None,
        jams: Vec::new(),
        comments: Vec::new(),
    };
    nests::append(database, id, &[first, second].concat(), &[Projection::PlayStarted(Box::new(play))])
        .await
        .unwrap();
    (id, state)
}

const NOW_PLAYS: WallTime = WallTime::from_micros(1_700_000_000_500_000);
const PLAYS: EntryId = EntryId::from_sequence(2);
const WAITS: EntryId = EntryId::from_sequence(4);

/// Everything that can be done, in an order in which everything happens.
fn commands() -> Vec<(Command, u128)> {
    vec![
        (Command::Jam(PLAYS, true), 2),
        (Command::Jam(PLAYS, true), 3),
        (Command::Comment(PLAYS, said("one || two \"and\" 'three' <b>🪶</b> \\ שלום")), 2),
        (Command::Comment(WAITS, said("x")), 3),
        (Command::RemoveComment(WAITS, CommentId::from_sequence(8)), 3),
        (Command::Jam(WAITS, true), 1),
        (Command::Jam(WAITS, true), 3),
        (Command::Jam(WAITS, true), 4),
        (Command::Jam(WAITS, true), 5),
        (Command::Jam(WAITS, true), 6),
        (Command::Horn(HornSound::Goat), 3),
        (Command::Volume(17), 1),
        (Command::Jam(PLAYS, false), 3),
        (Command::Comment(PLAYS, said("again")), 2),
    ]
}

pub async fn reactions_come_back_from_the_log_and_from_a_snapshot(database: &Database) {
    let (id, mut state) = playing(database).await;
    for (at, (command, by)) in (1..).zip(commands()) {
        let (after, events) = decided(&state, &command, &person(by), seconds(at));
        assert!(!events.is_empty(), "{command:?}");
        nests::append(database, id, &events, &[]).await.unwrap();
        state = after;
        assert_eq!(nests::load(database, id).await.unwrap().as_ref(), Some(&state), "after {command:?}");
    }
    assert_eq!(state.free_horns().get(&MemberId::from_u128(2)), Some(&1), "the script earns one");
    let (after, events) = decided(&state, &Command::Pause, &person(1), seconds(60));
    nests::append(database, id, &events, &[Projection::Snapshot(Box::new(after.snapshot()))]).await.unwrap();
    script(database, "delete from nest_events where sequence < 15").await;
    assert_eq!(nests::load(database, id).await.unwrap(), Some(after));
}

pub async fn jams_and_comments_are_kept_with_the_play_that_ends(database: &Database) {
    let (id, mut state) = playing(database).await;
    for (at, (command, by)) in (1..).zip(commands()) {
        let (after, events) = decided(&state, &command, &person(by), seconds(at));
        nests::append(database, id, &events, &[]).await.unwrap();
        state = after;
    }
    let entry = state.playing().unwrap().entry.clone();
    let (_, events) = decided(&state, &Command::Skip(None), &person(1), seconds(90));
    let end = |reactions| {
        [Projection::PlayEnded { entry: PLAYS, at: seconds(90), outcome: Outcome::Skipped }, reactions]
    };
    let kept = end(Projection::PlayReactions(entry.clone()));
    // They come with their events, or not at all.
    let late: Vec<Event> =
        events.iter().map(|event| Event { sequence: event.sequence + 1, ..event.clone() }).collect();
    nests::append(database, id, &late, &kept).await.unwrap_err();
    let plays = nests::list_plays(database, Some(id), None, 10).await.unwrap();
    assert_eq!((plays[0].ended, plays[0].jams.len(), plays[0].comments.len()), (None, 0, 0));
    nests::append(database, id, &events, &kept).await.unwrap();
    for nest in [Some(id), None] {
        let plays = nests::list_plays(database, nest, None, 10).await.unwrap();
        assert_eq!(plays.len(), 1);
        assert_eq!((&plays[0].jams, &plays[0].comments), (&entry.jams, &entry.comments));
    }
    assert_eq!((entry.jams.len(), entry.comments.len()), (1, 2));
}

pub async fn a_log_of_the_first_release_is_read_with_the_rights_of_now(database: &Database) {
    let (id, _) = opened(database, 1).await;
    // As the first release wrote it: its host had closed voting for guests, and opened seeking to members.
    let settings = r#""settings":{"name":"Attic","autofill":false,"guests_allowed":true,"queue_entries_max":9,
        "member_actions":["add","seek"],"guest_actions":["add"]}"#;
    let opened = format!(r#"{{"format":1,"body":{{"kind":"opened",{settings},"host":null}}}}"#);
    script(database, &format!("update nest_events set payload = '{opened}' where nest_id = '{id}'")).await;
    let state = nests::load(database, id).await.unwrap().unwrap();
    let permissions = state.settings().permissions;
    let fresh = [Action::Jam, Action::Comment, Action::Horn, Action::Volume];
    let expected = |old: &[Action], default: model::ActionSet| {
        let fresh = fresh.into_iter().filter(|&action| default.contains(action));
        old.iter().copied().chain(fresh).collect::<model::ActionSet>()
    };
    let Permissions { member, guest } = Permissions::DEFAULT;
    assert_eq!(permissions.member, expected(&[Action::Add, Action::Seek], member));
    assert_eq!(permissions.guest, expected(&[Action::Add], guest));
    assert!(permissions.allow(Role::Guest, Action::Horn) && !permissions.allow(Role::Guest, Action::Volume));
    assert_eq!((state.settings().free_horn_jams, state.volume_percent()), (5, 95));
    // What is closed from now on stays closed.
    let change = nest::SettingsChange {
        guest_actions: Some([Action::Add].into_iter().collect()),
        ..nest::SettingsChange::default()
    };
    let (after, events) = decided(&state, &Command::Configure(change), &person(1), seconds(1));
    nests::append(database, id, &events, &[]).await.unwrap();
    let loaded = nests::load(database, id).await.unwrap().unwrap();
    assert_eq!(loaded, after);
    assert!(!loaded.settings().permissions.allow(Role::Guest, Action::Horn));
}

pub async fn a_snapshot_of_the_first_release_is_read(database: &Database) {
    let (id, state) = playing(database).await;
    let (state, events) = decided(&state, &Command::Pause, &person(1), seconds(3));
    nests::append(database, id, &events, &[]).await.unwrap();
    let entry = |entry: u64, member: u64, number: u64| {
        format!(
            r#"{{"id":{entry},"track":{{"id":"{:0>26}","title":"Song {number}","artist":"Artist","album":"Album",
            "duration_ms":180000,"artwork":null}},"added_by":{{"id":"{member:0>26}","name":"Member {member}"}},
            "added_at":1700000000500000,"score":1.0,"votes":[]}}"#,
            number
        )
    };
    let snapshot = format!(
        r#"{{"format":1,"body":{{"sequence":5,"last_event_at":1700000003000000,"last_person_at":1700000003000000,
        "settings":{{"name":"Attic","autofill":true,"guests_allowed":true,"queue_entries_max":200,
        "member_actions":["add","vote","remove_others","pause","skip"],"guest_actions":["add","vote"]}},
        "host":"{:0>26}","queue":[{}],"playing":{{"entry":{},"playback":{{"state":"paused"}}}},
        "removals":[],"recent":["{:0>26}"],"closed":false}}}}"#,
        1,
        entry(4, 2, 2),
        entry(2, 1, 1),
        1
    )
    .replace(r#"{"state":"paused"}"#, r#"{"paused":{"position_ms":1700}}"#);
    script(
        database,
        &format!("insert into nest_snapshots (nest_id, sequence, payload) values ('{id}', 5, '{snapshot}')"),
    )
    .await;
    // The events behind it are gone: it was really read.
    script(database, "delete from nest_events where sequence < 5").await;
    // The first release remembered nothing of playing on by itself.
    let remembered = nest::Snapshot { autofill: nest::AutofillState::default(), ..state.snapshot() };
    assert_eq!(nests::load(database, id).await.unwrap(), Some(Nest::from_snapshot(remembered)));
}

pub async fn an_older_release_can_read_the_log_after_a_step_back(database: &Database) {
    let (id, mut state) = playing(database).await;
    for (at, (command, by)) in (1..).zip(commands()) {
        let (after, events) = decided(&state, &command, &person(by), seconds(at));
        nests::append(database, id, &events, &[]).await.unwrap();
        state = after;
    }
    let steps = migrate::status(database).await.unwrap().applied.len() - 7;
    migrate::down(database, steps).await.unwrap();
    let events = nests::read(database, id, 1, 1_000).await.unwrap();
    assert!(events.iter().map(|event| event.sequence).eq(1..=state.sequence()), "no gap");
    let known = ["opened", "entry_added", "playback_started", "entry_removed"];
    let foreign = events.iter().map(|event| format!("{:?}", event.kind)).find(|kind| {
        let name = kind.split(['{', ' ']).next().unwrap_or_default();
        !known.iter().any(|known| known.replace('_', "").eq_ignore_ascii_case(name))
    });
    assert_eq!(foreign, None, "it knows every kind");
    let loaded = nests::load(database, id).await.unwrap().unwrap();
    assert_eq!((loaded.sequence(), loaded.queue().len()), (state.sequence(), state.queue().len()));
    assert!(loaded.horns().is_empty() && loaded.playing().unwrap().entry.comments.is_empty());
    migrate::up(database, seconds(99)).await.unwrap();
}
