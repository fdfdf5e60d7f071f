//! What may come next: what each strategy finds, on every engine; and that a nest remembers what it would choose.

use super::log::{decided, opened, person, seconds};
use super::script;
use crate::sample::{NOW, track};
use database::nests::{self, Projection};
use database::plays::{self, PastPlay, PastSong};
use database::{Database, autofill, migrate, tracks};
use library::{ExternalTrack, Loudness, Playable, Track};
use model::{Contributor, MemberId, NestId, PlayId, TrackId, WallTime};
use nest::Outcome;
use nest::{
    Actor, Because, Command, Genre, Jam, Nest, Person, Preview, Reason, Rules, Seed, SettingsChange, Weights,
};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// A track whose id has chance in it, as real ones have.
fn shuffled(number: u128, title: &str, artist: &str, album: &str) -> Track {
    let chance = number.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c) & ((1 << 80) - 1);
    Track { id: TrackId::from_u128((number << 80) | chance), ..track(number, title, artist, album) }
}

async fn insert(database: &Database, track: &Track) {
    tracks::insert(database, std::slice::from_ref(track)).await.unwrap();
}

fn titles(tracks: &[Track]) -> BTreeSet<&str> {
    tracks.iter().map(|track| track.title.as_str()).collect()
}

pub async fn each_strategy_finds_its_tracks(database: &Database) {
    let of_genre = |number, genre: &str| Track {
        genre: genre.into(),
        ..shuffled(number, &format!("G{number}"), "X", "")
    };
    for (number, genre) in [(1, "Trip Hop"), (2, "trip hop"), (3, "Hip Hop")] {
        insert(database, &of_genre(number, genre)).await;
    }
    let silent = Track { playable: Playable::Pending, ..of_genre(4, "trip hop") };
    insert(database, &silent).await;
    let songs = [
        (11, "A1", "Queen", "One"),
        (12, "A2", "Queen", "Two"),
        (13, "B1", "David Bowie", "Low"),
        (14, "C1", "Queen & David Bowie", "Hot Space"),
        (15, "D1", "Arca feat. Queen", ""),
        (16, "D2", "Arca", ""),
        (17, "E1", "Queens of the Stone Age", "One"),
        (18, "A3", "Queen", "One"),
    ];
    for (number, title, artist, album) in songs {
        insert(database, &shuffled(number, title, artist, album)).await;
    }
    for (number, lufs) in [(11, -9.0), (12, -9.8), (13, -10.4), (16, -11.0)] {
        let id = shuffled(number, "", "", "").id;
        tracks::set_loudness(database, id, Loudness { integrated_lufs: lufs, true_peak: 1.0 }).await.unwrap();
    }
    for chance in [0, 1 << 63, u64::MAX, 0x1234_5678_9abc_def0] {
        let found = autofill::any(database, chance).await.unwrap();
        assert_eq!(found.len(), 11, "all that can be played, wherever the draw begins");
        let found = autofill::of_genre(database, "TRIP HOP", chance).await.unwrap();
        assert_eq!(titles(&found), BTreeSet::from(["G1", "G2"]));
        let found = autofill::of_artist(database, "queen", chance).await.unwrap();
        assert_eq!(titles(&found), BTreeSet::from(["A1", "A2", "A3"]));
        let found = autofill::of_collaborators(database, "Queen", chance).await.unwrap();
        assert_eq!(titles(&found), BTreeSet::from(["B1", "D2"]), "Queens are somebody else");
        let found = autofill::as_loud(database, -10.0, chance).await.unwrap();
        assert_eq!(titles(&found), BTreeSet::from(["A1", "A2", "B1", "D2"]));
        let found = autofill::as_loud(database, -8.5, chance).await.unwrap();
        assert_eq!(titles(&found), BTreeSet::from(["A1"]));
    }
    let first = tracks::get(database, shuffled(11, "", "", "").id).await.unwrap().unwrap();
    assert_eq!(titles(&autofill::of_album(database, &first).await.unwrap()), BTreeSet::from(["A1", "A3"]));
    // Of nothing in particular there is nothing.
    let nameless = shuffled(99, "N", "", "");
    assert!(autofill::of_album(database, &nameless).await.unwrap().is_empty());
    for none in ["", "…", "\" OR 1 --", "' & 'z"] {
        assert!(autofill::of_artist(database, none, 1).await.unwrap().is_empty(), "{none}");
        assert!(autofill::of_collaborators(database, none, 1).await.unwrap().is_empty(), "{none}");
        assert!(autofill::of_genre(database, none, 1).await.unwrap().is_empty(), "{none}");
    }
}

pub async fn every_track_is_drawn_about_as_often(database: &Database) {
    let mut batch = Vec::new();
    for number in 1..=200 {
        batch.push(shuffled(number, &format!("T{number}"), "X", ""));
    }
    tracks::insert(database, &batch).await.unwrap();
    let mut drawn = std::collections::BTreeMap::<String, u32>::new();
    for round in 0..400_u64 {
        let chance = round.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        for track in autofill::any(database, chance).await.unwrap() {
            *drawn.entry(track.title).or_default() += 1;
        }
    }
    assert_eq!(drawn.len(), 200, "every one is reached");
}

fn said(track: &Track) -> ExternalTrack {
    ExternalTrack {
        id: track.id,
        source: "youtube:dQw4w9WgXcQ".parse().unwrap(),
        title: track.title.clone(),
        artist: track.artist.clone(),
        album: track.album.clone(),
        duration: track.duration,
        isrc: None,
        artwork_url: None,
        is_explicit: false,
        fetched_at: NOW,
    }
}

/// A past playing of a song of the library, by Ana, and whoever jammed to it.
async fn past(
    database: &Database,
    nest: NestId,
    number: u128,
    track: &Track,
    at: WallTime,
    tally: i32,
    jams: u128,
) {
    let jam = |by| Jam { by: MemberId::from_u128(by), name: "Ben".into(), at };
    let play = PastPlay {
        id: PlayId::from_u128(number),
        song: PastSong::Library { id: track.id, said: said(track) },
        added_by: Some((MemberId::from_u128(7), "Ana".into())),
        started_at: at,
        or_started_at: None,
        ended_at: at.plus(Duration::from_secs(180)),
        outcome: Outcome::Finished,
        tally,
        jams: (20..20 + jams).map(jam).collect(),
        comments: Vec::new(),
    };
    plays::import(database, nest, &[play]).await.unwrap();
}

pub async fn a_favourite_is_what_people_loved_and_have_not_heard_for_long(database: &Database) {
    let (nest, _) = opened(database, 1).await;
    assert!(autofill::favourites(database, NOW, 5).await.unwrap().is_empty(), "nothing was played");
    let songs: Vec<_> = (1..=5).map(|number| shuffled(number, &format!("F{number}"), "X", "")).collect();
    for song in &songs {
        insert(database, song).await;
    }
    let long_ago = NOW.minus(90 * DAY);
    past(database, nest, 1, &songs[0], long_ago, 0, 3).await;
    past(database, nest, 2, &songs[1], long_ago.plus(DAY), 2, 0).await;
    past(database, nest, 3, &songs[2], long_ago.plus(DAY), 0, 4).await;
    past(database, nest, 4, &songs[2], NOW.minus(DAY), 0, 0).await;
    past(database, nest, 5, &songs[3], long_ago.plus(2 * DAY), 0, 1).await;
    past(database, nest, 6, &songs[4], NOW.minus(2 * DAY), 0, 5).await;
    for chance in 0..20 {
        let loved = autofill::favourites(database, NOW, chance).await.unwrap();
        let found: Vec<_> =
            loved.iter().map(|favourite| (favourite.track.title.as_str(), favourite.loves)).collect();
        assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), BTreeSet::from([("F1", 3), ("F2", 2)]));
        let by = loved[0].by.clone().unwrap();
        assert_eq!((by.0, by.1.as_str()), (MemberId::from_u128(7), "Ana"));
    }
}

fn preview(number: u128, reason: Reason) -> Preview {
    let by = Contributor::Person { id: MemberId::from_u128(1), name: "Ana".into() };
    let seed = Seed { track: TrackId::from_u128(3), title: "Seed".into(), artist: "Artist".into(), by };
    Preview {
        track: Arc::new(track(number, "Found", "Artist", "Album").summary()),
        because: Arc::new(Because { reason, seed: Some(seed) }),
    }
}

async fn run(database: &Database, id: NestId, state: Nest, by: &Actor, command: Command, at: u64) -> Nest {
    let (after, events) = decided(&state, &command, by, seconds(at));
    assert!(!events.is_empty(), "{command:?}");
    nests::append(database, id, &events, &[]).await.unwrap();
    after
}

/// A nest in which everything about autofill has happened.
async fn lived(database: &Database) -> (NestId, Nest) {
    let (id, mut state) = opened(database, 1).await;
    let rules = Rules {
        depth: 2,
        streak_minutes_max: 1,
        filter_days: 3,
        genre: Genre::parse("Dub").unwrap(),
        weights: Weights::from_each(|strategy| strategy as u8),
    };
    let change = SettingsChange { autofill_rules: Some(rules), ..SettingsChange::default() };
    state = run(database, id, state, &person(1), Command::Configure(change), 1).await;
    let ben = Person { id: MemberId::from_u128(9), name: "Ben".into() };
    let reasons = [
        Reason::SameArtist { artist: "A".into() },
        Reason::SameGenre { genre: "G".into() },
        Reason::SameAlbum { album: "B".into() },
        Reason::Collaborator { artist: "C".into() },
        Reason::SimilarSound,
        Reason::Favourite { jams: 3, by: Some(ben.clone()) },
        Reason::Library,
        Reason::Throwback { by: ben, played_at: NOW },
    ];
    for (number, reason) in (100..).zip(reasons) {
        let found = preview(number, reason);
        let track = found.track.id;
        state = run(database, id, state, &Actor::Nest, Command::Preview(found), 2).await;
        let filter = Command::FilterPreview(track);
        state = match number {
            106 => run(database, id, state, &Actor::Nest, Command::Fill(None), 2).await,
            107 => state,
            _ => run(database, id, state, &person(1), filter, 2).await,
        };
    }
    let taken_back = state.refused(seconds(3)).next().unwrap().track.id;
    let state = run(database, id, state, &person(1), Command::Unfilter(taken_back), 3).await;
    assert!(state.refused(seconds(3)).count() > 2 && !state.is_filtered(taken_back, seconds(3)));
    let state = run(database, id, state, &Actor::Nest, Command::Rest, 4).await;
    (id, state)
}

pub async fn autofill_comes_back_from_the_log_and_from_a_snapshot(database: &Database) {
    let (id, state) = lived(database).await;
    assert!(state.autofill().rests && state.autofill().preview.is_some());
    assert_eq!(nests::load(database, id).await.unwrap().as_ref(), Some(&state));
    let (state, events) = decided(&state, &Command::Pause, &person(1), seconds(9));
    let snapshot = Projection::Snapshot(Box::new(state.snapshot()));
    nests::append(database, id, &events, &[snapshot]).await.unwrap();
    // The events behind it are gone: it is the snapshot that is read.
    let last = state.sequence();
    script(database, &format!("delete from nest_events where sequence < {last}")).await;
    assert_eq!(nests::load(database, id).await.unwrap(), Some(state));
}

pub async fn a_release_without_previews_can_read_the_log_after_a_step_back(database: &Database) {
    let (id, state) = lived(database).await;
    let steps = migrate::status(database).await.unwrap().applied.len() - 11;
    migrate::down(database, steps).await.unwrap();
    let events = nests::read(database, id, 1, 1_000).await.unwrap();
    assert!(events.iter().map(|event| event.sequence).eq(1..=state.sequence()), "no gap");
    let foreign = events.iter().map(|event| format!("{:?}", event.kind));
    let foreign: Vec<_> =
        foreign.filter(|kind| kind.contains("Autofill") && kind.starts_with("Autofill")).collect();
    assert_eq!(foreign, Vec::<String>::new());
    assert!(!events.iter().any(|event| matches!(
        event.kind,
        nest::EventKind::TrackFiltered { .. } | nest::EventKind::TrackUnfiltered { .. }
    )));
    migrate::up(database, seconds(99)).await.unwrap();
    let loaded = nests::load(database, id).await.unwrap().unwrap();
    assert_eq!((loaded.autofill().preview.clone(), loaded.playing().is_some()), (None, true));
}
