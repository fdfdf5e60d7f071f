//! History filtered, what is counted by day, who was seen and who is removed, and what devices follow.

use super::log::{opened, seconds};
use crate::sample::{NOW, device, member, track};
use crate::suite::sign_in::line;
use database::daily_counts::{self, DailyCount, Subject};
use database::followings::{self, FollowingRecord};
use database::nests::{self, Play, PlayCursor};
use database::plays::{self, ChosenBy, PlayFilter, PlaySource};
use database::{Database, Error, audit, devices, members, tokens, tracks};
use identity::{ApiToken, AuditAction, Scope, SecretHash};
use library::ExternalTrack;
use model::{MemberId, MusicService, NestId, PlayId, ServerRole, TokenId, TrackId, TrackPosition, WallTime};
use nest::{Because, Jam, Outcome, Reason};
use plays::{PastPlay, PastSong};
use std::sync::Arc;
use std::time::Duration;

const ANA: MemberId = MemberId::from_u128(7);
const BEN: MemberId = MemberId::from_u128(8);

/// A play of a song of a service, or of the library.
fn past(number: u64, source: &str, title: &str, by: Option<MemberId>) -> PastPlay {
    let song = ExternalTrack {
        id: TrackId::from_u128(u128::from(number) + 9_000),
        source: source.parse().unwrap(),
        title: title.into(),
        artist: "Sigur Rós".into(),
        album: String::new(),
        duration: TrackPosition::from_millis(180_000),
        isrc: None,
        artwork_url: None,
        is_explicit: false,
        fetched_at: NOW,
    };
    PastPlay {
        id: PlayId::from_u128(u128::from(number) + 500),
        song: PastSong::External(song),
        added_by: by.map(|id| (id, "Somebody".to_owned())),
        started_at: seconds(number * 300),
        or_started_at: None,
        ended_at: seconds(number * 300 + 181),
        outcome: Outcome::Finished,
        tally: 0,
        jams: Vec::new(),
        comments: Vec::new(),
    }
}

async fn found(database: &Database, filter: &PlayFilter) -> Vec<String> {
    let found = plays::find(database, filter, None, 100).await.unwrap();
    assert_eq!(found.next, None);
    found.plays.into_iter().map(|play| play.track.title).collect()
}

/// Plays in two nests: five and two.
async fn played(database: &Database) -> (NestId, NestId) {
    let (nest, _) = opened(database, 1).await;
    let (other, _) = opened(database, 2).await;
    let spotify = |number: u64| format!("spotify:track:{number:022}");
    let log = [
        past(1, &spotify(1), "Hoppípolla", Some(ANA)),
        past(2, "youtube:dQw4w9WgXcQ", "Glósóli (live)", Some(BEN)),
        past(3, &spotify(3), "Ára bátur", None),
        past(4, "spotify:episode:0000000000000000000004", "100 % real_talk", Some(BEN)),
        past(5, "soundcloud:293", "Untitled", Some(ANA)),
    ];
    plays::import(database, nest, &log).await.unwrap();
    plays::import(database, other, &[past(6, &spotify(6), "Elsewhere", Some(ANA))]).await.unwrap();
    let ours = track(1, "Of the library", "", "");
    tracks::insert(database, std::slice::from_ref(&ours)).await.unwrap();
    super::script(
        database,
        &format!(
            "insert into plays (id, nest_id, entry, track_id, title, artist, album, duration_ms, started_at)
             values ('{}', '{other}', 1, '{}', 'Of the library', '', '', 1, {})",
            PlayId::from_u128(900),
            ours.id,
            seconds(2_100).micros()
        ),
    )
    .await;
    (nest, other)
}

pub async fn plays_are_found_by_who_where_when_and_words(database: &Database) {
    let (nest, other) = played(database).await;
    let all = PlayFilter::default();
    assert_eq!(
        found(database, &all).await,
        [
            "Of the library",
            "Elsewhere",
            "Untitled",
            "100 % real_talk",
            "Ára bátur",
            "Glósóli (live)",
            "Hoppípolla"
        ]
    );
    let here = PlayFilter { nest: Some(nest), ..all.clone() };
    assert_eq!(found(database, &here).await.len(), 5);
    let without = PlayFilter { without: vec![other, NestId::from_u128(99)], ..all.clone() };
    assert_eq!(found(database, &without).await.len(), 5);
    assert_eq!(
        found(database, &PlayFilter { by: Some(BEN), ..all.clone() }).await,
        ["100 % real_talk", "Glósóli (live)"]
    );
    for (source, titles) in [
        (PlaySource::Library, vec!["Of the library"]),
        (
            PlaySource::Service(MusicService::Spotify),
            vec!["Elsewhere", "100 % real_talk", "Ára bátur", "Hoppípolla"],
        ),
        (PlaySource::Service(MusicService::YouTube), vec!["Glósóli (live)"]),
        (PlaySource::Service(MusicService::SoundCloud), vec!["Untitled"]),
    ] {
        let filter = PlayFilter { source: Some(source), ..all.clone() };
        assert_eq!(found(database, &filter).await, titles, "{source:?}");
    }
    let chosen = |by| PlayFilter { chosen_by: Some(by), ..all.clone() };
    assert_eq!(found(database, &chosen(ChosenBy::Autofill)).await, ["Of the library", "Ára bátur"]);
    assert_eq!(found(database, &chosen(ChosenBy::People)).await.len(), 5);
    let time = PlayFilter { since: Some(seconds(600)), until: Some(seconds(1_200)), ..all.clone() };
    assert_eq!(found(database, &time).await, ["Ára bátur", "Glósóli (live)"], "the end is not part of it");
    words_are_found(database).await;
    pages_meet(database, &all).await;
    pages_meet(database, &PlayFilter { words: "sigur".into(), until: Some(seconds(1_700)), ..all.clone() })
        .await;
}

/// Case, accents and the wildcards of SQL mean nothing; beginnings of words do.
async fn words_are_found(database: &Database) {
    let all = PlayFilter::default();
    for (words, titles) in [
        ("hoppipolla", vec!["Hoppípolla"]),
        ("sigur ARA", vec!["Ára bátur"]),
        (
            "% _",
            vec![
                "Of the library",
                "Elsewhere",
                "Untitled",
                "100 % real_talk",
                "Ára bátur",
                "Glósóli (live)",
                "Hoppípolla",
            ],
        ),
        ("real_t", vec!["100 % real_talk"]),
        ("polla", vec![]),
    ] {
        let filter = PlayFilter { words: words.into(), ..all.clone() };
        assert_eq!(found(database, &filter).await, titles, "{words}");
    }
}

/// Pages of one and of two hold together what one page holds.
async fn pages_meet(database: &Database, filter: &PlayFilter) {
    let whole = plays::find(database, filter, None, 100).await.unwrap().plays;
    assert!(whole.len() > 2);
    for limit in [1, 2] {
        let (mut before, mut read): (Option<PlayCursor>, Vec<Play>) = (None, Vec::new());
        loop {
            let page = plays::find(database, filter, before, limit).await.unwrap();
            assert!(page.plays.len() <= limit as usize);
            read.extend(page.plays);
            before = page.next;
            if before.is_none() {
                break;
            }
        }
        assert_eq!(read, whole);
    }
}

pub async fn the_reason_of_a_choice_is_kept_with_its_play(database: &Database) {
    let (nest, state) = opened(database, 1).await;
    let because = Because { reason: Reason::SameGenre { genre: "Dub".into() }, seed: None };
    let play = Play {
        id: PlayId::from_u128(1),
        nest,
        entry: model::EntryId::from_sequence(2),
        track: track(1, "Chosen", "", "").summary(),
        added_by: model::Contributor::Autofill,
        because: Some(Arc::new(because)),
        tally: 0,
        started_at: seconds(1),
        ended: None,
        jams: Vec::new(),
        comments: Vec::new(),
    };
    let started = nests::Projection::PlayStarted(Box::new(play.clone()));
    nests::append(database, nest, &[], &[started]).await.unwrap();
    assert_eq!(nests::list_plays(database, Some(nest), None, 10).await.unwrap(), [play]);
    assert!(state.playing().is_none());
}

pub async fn who_jams_whom_is_counted_and_nobody_jams_themselves(database: &Database) {
    let (nest, _) = opened(database, 1).await;
    members::insert(database, &member(7, "Ana Lu", ServerRole::Member)).await.unwrap();
    let jam = |by, number: u64| Jam { by, name: "Then".to_owned(), at: seconds(number) };
    let play = |number, by, jams| PastPlay { jams, ..past(number, &format!("soundcloud:{number}"), "x", by) };
    let log = [
        play(1, Some(ANA), vec![jam(BEN, 1), jam(ANA, 1)]),
        play(2, Some(ANA), vec![jam(BEN, 2)]),
        play(3, Some(BEN), vec![jam(ANA, 3)]),
        play(4, None, vec![jam(ANA, 4)]),
    ];
    plays::import(database, nest, &log).await.unwrap();
    let stretch = plays::Stretch { beginning: NOW, ending: seconds(9_999), ahead_s: 0 };
    let pairs = async |stretch, limit| {
        let counted = plays::stats(database, None, &[stretch], limit).await.unwrap();
        let shown = |pair: plays::JamsBetween| (pair.by, pair.of, pair.jams);
        counted.jams.into_iter().map(shown).collect::<Vec<_>>()
    };
    let (ana, ben) = ((ANA, "Ana Lu".to_owned()), (BEN, "Then".to_owned()));
    let ben_adds = (BEN, "Somebody".to_owned());
    assert_eq!(pairs(stretch, 10).await, [(ben.clone(), ana.clone(), 2), (ana, ben_adds, 1)]);
    assert_eq!(pairs(stretch, 1).await.len(), 1);
    let later = plays::Stretch { beginning: seconds(500), ..stretch };
    assert_eq!(pairs(later, 10).await.iter().map(|pair| pair.2).collect::<Vec<_>>(), [1, 1]);
}

pub async fn what_is_counted_adds_up_by_day_from_however_many_processes(database: &Database) {
    let count = |day, name: &str, outcome: &str, amount| DailyCount {
        day,
        name: name.into(),
        outcome: outcome.into(),
        amount,
    };
    let calls = Subject::ProviderCalls;
    let mut writers = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let database = database.clone();
        let counts = [count(20_000, "spotify", "answered", 3), count(20_001, "spotify", "limited", 1)];
        writers.spawn(async move { daily_counts::add(&database, calls, &counts).await.unwrap() });
    }
    writers.join_all().await;
    daily_counts::add(database, Subject::SignIns, &[count(20_000, "google", "refused", 1)]).await.unwrap();
    daily_counts::add(database, calls, &[]).await.unwrap();
    let whole = daily_counts::list(database, calls, 0..30_000).await.unwrap();
    assert_eq!(whole, [count(20_000, "spotify", "answered", 24), count(20_001, "spotify", "limited", 8)]);
    assert_eq!(daily_counts::list(database, calls, 20_001..20_002).await.unwrap(), whole[1..]);
    assert_eq!(daily_counts::list(database, Subject::SignIns, 0..30_000).await.unwrap().len(), 1);
    for amount in [7, 9, 8] {
        daily_counts::raise(database, Subject::Peaks, &[count(20_002, "memory", "", amount)]).await.unwrap();
    }
    let highest = daily_counts::list(database, Subject::Peaks, 0..30_000).await.unwrap();
    assert_eq!(highest, [count(20_002, "memory", "", 9)]);
    assert_eq!(daily_counts::sweep(database, 20_001).await.unwrap(), 2);
    assert_eq!(daily_counts::list(database, calls, 0..30_000).await.unwrap(), whole[1..]);
}

pub async fn whoever_is_removed_is_gone_with_every_key_and_their_history_stays(database: &Database) {
    let secret = |number: u8| SecretHash::from_bytes([number; 32]);
    let (ada, ana) = (member(1, "Ada", ServerRole::Administrator), member(7, "Ana", ServerRole::Member));
    let (nest, _) = opened(database, 1).await;
    for person in [&ada, &ana] {
        members::insert(database, person).await.unwrap();
    }
    plays::import(database, nest, &[past(1, "soundcloud:1", "Hers", Some(ana.id))]).await.unwrap();
    assert_eq!(members::last_seen(database, &[ana.id]).await.unwrap().len(), 0);
    devices::insert(database, &device(5, ana.id), secret(5)).await.unwrap();
    let later = |s| NOW.plus(Duration::from_secs(s));
    devices::seen(database, device(5, ana.id).id, ana.id, later(90)).await.unwrap();
    let token = ApiToken {
        id: TokenId::from_u128(6),
        member: ana.id,
        label: "bot".into(),
        scopes: [Scope::Listen].into_iter().collect(),
        created_at: NOW,
        last_used_at: None,
        expires_at: None,
    };
    tokens::insert(database, &token, secret(6)).await.unwrap();
    tokens::used(database, token.id, ana.id, later(60)).await.unwrap();
    let seen = async || members::last_seen(database, &[ada.id, ana.id]).await.unwrap();
    assert_eq!(seen().await.into_iter().collect::<Vec<_>>(), [(ana.id, later(90))], "it does not go back");
    devices::remove(database, device(5, ana.id).id, ana.id).await.unwrap();
    assert_eq!(seen().await.len(), 1, "it is known without the device");
    devices::insert(database, &device(8, ana.id), secret(8)).await.unwrap();

    let entry = line(AuditAction::MemberRemoved).by(ada.id).about(ana.id);
    let removed = members::remove(database, ana.id, &entry).await.unwrap().unwrap();
    assert_eq!(removed, members::Removed { devices: vec![device(8, ana.id).id], tokens: vec![token.id] });
    assert_eq!(members::remove(database, ana.id, &line(AuditAction::MemberRemoved)).await.unwrap(), None);
    assert_eq!(devices::find_by_secret(database, secret(8)).await.unwrap(), None);
    assert_eq!(tokens::find_by_secret(database, secret(6)).await.unwrap(), None);
    assert_eq!(seen().await.len(), 0);
    let played = nests::list_plays(database, Some(nest), None, 10).await.unwrap();
    assert_eq!(played[0].added_by.member(), Some(ana.id));
    let lines = audit::list(database, audit::AuditFilter::default(), 10).await.unwrap();
    let removals: Vec<_> =
        lines.iter().filter(|line| line.entry.action == AuditAction::MemberRemoved).collect();
    assert_eq!((removals.len(), &removals[0].entry), (1, &entry), "what was refused is not written down");
    assert_eq!(members::remove(database, ada.id, &line(AuditAction::MemberRemoved)).await.unwrap(), None);
    assert!(members::get(database, ada.id).await.unwrap().is_some(), "the last administrator stays");
}

pub async fn a_person_has_one_device_that_follows_and_a_task_takes_only_its_own_away(database: &Database) {
    let (nest, _) = opened(database, 1).await;
    members::insert(database, &member(7, "Ana", ServerRole::Member)).await.unwrap();
    let record = |number: &str, device: &str, seen_at: WallTime| FollowingRecord {
        member: ANA,
        nest,
        device: device.into(),
        device_name: format!("the {device}"),
        number: number.into(),
        seen_at,
    };
    let stranger = FollowingRecord { member: BEN, ..record("1", "phone", NOW) };
    assert!(matches!(followings::put(database, &stranger).await, Err(Error::ForeignKey)));
    followings::put(database, &record("1", "phone", NOW)).await.unwrap();
    followings::put(database, &record("2", "speaker", NOW)).await.unwrap();
    followings::seen(database, ANA, "1", seconds(5)).await.unwrap();
    assert!(!followings::remove(database, ANA, "1").await.unwrap(), "it ended late");
    assert_eq!(followings::list(database, 10).await.unwrap(), [record("2", "speaker", NOW)]);
    followings::seen(database, ANA, "2", seconds(9)).await.unwrap();
    assert_eq!(followings::list(database, 10).await.unwrap(), [record("2", "speaker", seconds(9))]);
    assert!(followings::remove(database, ANA, "2").await.unwrap());
    assert_eq!(followings::list(database, 10).await.unwrap(), []);
}
