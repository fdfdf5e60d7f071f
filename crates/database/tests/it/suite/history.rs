//! Songs of other services, plays of the past and the people in them, throwback, and readers of the logs.

use super::log::{decided, opened, seconds};
use super::sign_in::line;
use crate::sample::{NOW, device, member, track};
use database::external_tracks::{self, Song};
use database::identities::{self, Arrival, Arrived, Linking};
use database::log_readers::{self, Unread};
use database::nests::{self, Play, Projection};
use database::plays::{self, Imported, PastDays, PastPlay, PastSong};
use database::resealing::{self, Column};
use database::{Database, members, past_members, tracks};
use identity::{
    AuditAction, LinkedIdentity, PastAddress, PastMember, Sealed, Sealer, SecretHash, ServerSecret,
    name_of_address,
};
use library::ExternalTrack;
use model::{
    Contributor, IdentityId, MemberId, NestId, PlayId, Role, ServerRole, TrackId, TrackPosition, TrackSource,
    WallTime,
};
use nest::{Actor, Command, Jam, Outcome};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

fn spotify(number: u128) -> TrackSource {
    format!("spotify:track:{number:022}").parse().unwrap()
}

fn elsewhere(number: u128, title: &str, artist: &str) -> ExternalTrack {
    ExternalTrack {
        id: TrackId::from_u128(1_000_000 + number),
        source: spotify(number),
        title: title.into(),
        artist: artist.into(),
        album: String::new(),
        duration: TrackPosition::from_millis(181_000),
        isrc: None,
        artwork_url: Some("https://i.example/cover".into()),
        is_explicit: true,
        fetched_at: NOW,
    }
}

pub async fn songs_of_other_services_keep_their_ids_and_are_found_in_the_library(database: &Database) {
    let said = elsewhere(1, "Heroes - 2017 Remaster", "David Bowie");
    assert_eq!(external_tracks::put(database, &said).await.unwrap(), said.id);
    assert_eq!(external_tracks::get(database, said.id).await.unwrap(), Some(said.clone()));
    // Said again later, under another id: the id that is known holds, what is said is new.
    let later = ExternalTrack {
        id: TrackId::from_u128(5),
        title: "Heroes".into(),
        artwork_url: None,
        ..said.clone()
    };
    assert_eq!(external_tracks::put(database, &later).await.unwrap(), said.id);
    let known = external_tracks::find(database, said.source).await.unwrap().unwrap();
    assert_eq!(known, ExternalTrack { id: said.id, ..later });
    assert!(external_tracks::find(database, TrackSource::Library).await.is_err());
    assert_eq!(external_tracks::find(database, spotify(9)).await.unwrap(), None);

    let ours = track(1, "Heroes (Remastered)", "David Bowie", "Heroes");
    let live = track(2, "Heroes (Live)", "David Bowie", "Stage");
    let theirs = track(3, "Heroes", "The Wallflowers", "");
    let mut long = track(4, "Heroes", "David Bowie", "");
    long.duration = TrackPosition::from_millis(400_000);
    assert_eq!(external_tracks::library_match(database, &said).await.unwrap(), None);
    tracks::insert(database, &[ours.clone(), live.clone(), theirs.clone(), long]).await.unwrap();
    let found = external_tracks::library_match(database, &said).await.unwrap().unwrap();
    assert_eq!(found.id, ours.id);
    let summary = external_tracks::summary(database, &said).await.unwrap();
    assert_eq!((summary.id, summary.source, summary.library_match), (said.id, said.source, Some(ours.id)));
    // What the recording itself says goes before its title.
    let mut coded = track(7, "Track 07", "", "");
    coded.isrc = Some("GBAYE7700001".parse().unwrap());
    tracks::insert(database, std::slice::from_ref(&coded)).await.unwrap();
    assert_eq!(tracks::get(database, coded.id).await.unwrap(), Some(coded.clone()));
    let recording = ExternalTrack { isrc: coded.isrc, ..said.clone() };
    assert_eq!(external_tracks::library_match(database, &recording).await.unwrap().unwrap().id, coded.id);

    let song = async |id| external_tracks::song(database, id).await.unwrap();
    assert!(matches!(song(ours.id).await, Some(Song::Library(track)) if track.id == ours.id));
    assert!(matches!(song(said.id).await, Some(Song::External(track)) if track.id == said.id));
    assert_eq!(song(TrackId::from_u128(77)).await, None);
}

fn past(number: u64, song: u128, by: Option<MemberId>, at: WallTime) -> PastPlay {
    PastPlay {
        id: PlayId::from_u128(u128::from(number) + 500),
        song: PastSong::External(elsewhere(song, &format!("Song {song}"), "Artist")),
        added_by: by.map(|id| (id, "Ana".to_owned())),
        started_at: at,
        or_started_at: None,
        ended_at: at.plus(Duration::from_secs(181)),
        outcome: Outcome::Finished,
        tally: 2,
        jams: by.into_iter().map(|by| Jam { by, name: "Ana".to_owned(), at }).collect(),
        comments: Vec::new(),
    }
}

pub async fn a_log_may_be_taken_in_again_and_adds_nothing(database: &Database) {
    let (nest, _) = opened(database, 1).await;
    let (other, _) = opened(database, 2).await;
    let ana = MemberId::from_u128(7);
    let at = |number: u64| seconds(number * 300);
    let log = [past(1, 1, Some(ana), at(1)), past(2, 2, None, at(2)), past(3, 1, Some(ana), at(3))];
    let import = async |nest, plays: &[PastPlay]| plays::import(database, nest, plays).await.unwrap();
    let counts = |added: &[u64], known, moved| {
        let added = added.iter().map(|&number| PlayId::from_u128(u128::from(number) + 500)).collect();
        Imported { added, known, moved }
    };
    assert_eq!(import(nest, &log).await, counts(&[1, 2, 3], 0, 0));
    assert_eq!(import(nest, &log).await, counts(&[], 3, 0));
    assert_eq!(import(other, &log).await, counts(&[], 3, 0), "a play is played in one nest");
    let listed = nests::list_plays(database, Some(nest), None, 10).await.unwrap();
    assert_eq!(listed.len(), 3);
    let first = &listed[2];
    assert_eq!(first.track.source, spotify(1));
    assert_eq!(first.added_by, Contributor::Person { id: ana, name: "Ana".into() });
    assert_eq!((first.started_at, first.tally), (at(1), 2));
    assert_eq!(first.ended, Some((log[0].ended_at, Outcome::Finished)));
    assert_eq!(listed[1].added_by, Contributor::Autofill);
    assert_eq!(first.track.id, listed[0].track.id, "one song has one id");
    // The same line read with another time zone, and a play that this very server wrote into its log.
    let moved = PastPlay { started_at: at(50), ended_at: at(51), ..log[0].clone() };
    assert_eq!(import(nest, &[moved]).await, counts(&[], 0, 1));
    assert_eq!(nests::list_plays(database, Some(nest), None, 10).await.unwrap()[0].started_at, at(50));
    let own = past(9, 2, None, at(2));
    assert_eq!(import(nest, std::slice::from_ref(&own)).await, counts(&[], 1, 0));
    let twice = PastPlay { started_at: at(90), or_started_at: Some(at(2)), ..own.clone() };
    assert_eq!(import(nest, &[twice]).await, counts(&[], 1, 0), "in the hour a clock shows twice");
    let at_once = PastPlay { song: past(9, 3, None, at(2)).song, ..own };
    assert_eq!(import(nest, &[at_once]).await, counts(&[9], 0, 0), "another song at the same moment");
    assert!(plays::import(database, NestId::from_u128(99), &[past(80, 1, None, at(80))]).await.is_err());
    assert!(plays::import(database, nest, &vec![past(81, 1, None, at(81)); 1_001]).await.is_err());
}

fn sealer() -> Sealer {
    Sealer::new(&ServerSecret::new([1; 32]))
}

fn past_member(number: u128, address: &str) -> PastMember {
    PastMember {
        id: MemberId::from_u128(number),
        name: name_of_address(address),
        index: PastAddress::index(&sealer(), address),
        address: Sealed::from_bytes(vec![number as u8; 3]),
        created_at: NOW,
    }
}

fn identity(number: u128) -> LinkedIdentity {
    LinkedIdentity {
        id: IdentityId::from_u128(number),
        member: MemberId::from_u128(number),
        issuer: "https://issuer.example".into(),
        subject: format!("subject {number}"),
        address: Sealed::from_bytes(vec![1]),
        created_at: NOW,
        last_used_at: NOW,
    }
}

async fn arrive(database: &Database, number: u8, address: &str, is_admitted: bool) -> Arrived {
    static BROWSERS: AtomicU8 = AtomicU8::new(1);
    let browser = BROWSERS.fetch_add(1, Ordering::SeqCst);
    let newcomer = member(number.into(), "Ana from elsewhere", ServerRole::Guest);
    let arrival = Arrival {
        identity: &identity(number.into()),
        readdressed: None,
        past: Some(PastAddress::index(&sealer(), address)),
        newcomer: &newcomer,
        device: &device(u128::from(browser) + 100, newcomer.id),
        device_secret: SecretHash::from_bytes([browser; 32]),
        invitation: None,
        is_admitted,
        audit: &[line(AuditAction::MemberJoined), line(AuditAction::SignedIn)],
    };
    identities::arrive(database, &arrival).await.unwrap()
}

pub async fn what_is_sealed_is_sealed_anew_page_by_page_and_what_was_written_meanwhile_stays(
    database: &Database,
) {
    let people: Vec<_> =
        (50..55).map(|number| past_member(number, &format!("p{number}@example.org"))).collect();
    past_members::ensure(database, &people).await.unwrap();
    let anew = Sealer::new(&ServerSecret::new([2; 32]));
    let index = |number: u128| PastAddress::index(&anew, &format!("p{number}@example.org"));
    let (mut last, mut owners) = (None, Vec::new());
    loop {
        let page = resealing::page(database, Column::PastAddress, last.as_ref(), 2).await.unwrap();
        for value in &page {
            let owner: MemberId = value.owner.parse().unwrap();
            let number = owner.as_u128();
            assert_eq!(value.sealed, Sealed::from_bytes(vec![number as u8; 3]));
            let with = Sealed::from_bytes(vec![1, number as u8]);
            let replace = || resealing::replace(database, Column::PastAddress, value, &with, index(number));
            assert!(replace().await.unwrap());
            assert!(!replace().await.unwrap(), "it is not any more what was read");
            owners.push(number);
        }
        if page.len() < 2 {
            break;
        }
        last = page.into_iter().next_back();
    }
    assert_eq!(owners, [50, 51, 52, 53, 54]);
    let found = past_members::find(database, &[index(53), people[3].index]).await.unwrap();
    assert_eq!(found[0].as_ref().map(|(id, _)| *id), Some(MemberId::from_u128(53)));
    assert_eq!(found[1], None, "it is found by the new key alone");
    for column in Column::ALL {
        let found = resealing::page(database, column, None, 9).await.unwrap();
        assert_eq!(found.len(), if column == Column::PastAddress { 5 } else { 0 }, "{column:?}");
    }
}

pub async fn a_member_of_the_past_awakens_once(database: &Database) {
    let people = [past_member(50, "Ana.Lu@example.org"), past_member(51, "ben@example.org")];
    let there = past_members::ensure(database, &people).await.unwrap();
    assert_eq!(there[0].0, MemberId::from_u128(50));
    assert_eq!(there[0].1.as_str(), "Ana Lu");
    let again = [past_member(60, "BEN@example.org"), past_member(61, "cleo@example.org")];
    let there = past_members::ensure(database, &again).await.unwrap();
    assert_eq!((there[0].0, there[1].0), (MemberId::from_u128(51), MemberId::from_u128(61)));
    assert_eq!(members::list(database, None, 10).await.unwrap(), [], "nobody of them has come");
    let asleep = past_members::address(database, MemberId::from_u128(51)).await.unwrap();
    assert_eq!(asleep, Some(Sealed::from_bytes(vec![51; 3])));

    assert_eq!(arrive(database, 1, "ana.lu@example.org", false).await, Arrived::NotAdmitted);
    let Arrived::As(ana) = arrive(database, 1, "ana.lu@example.org", true).await else { panic!("admitted") };
    assert_eq!((ana.id, ana.name.as_str()), (MemberId::from_u128(50), "Ana from elsewhere"));
    assert_eq!(ana.role, ServerRole::Member);
    assert_eq!(members::list(database, None, 10).await.unwrap(), std::slice::from_ref(&ana));
    // The same account again, and another account that claims the same address.
    assert_eq!(arrive(database, 1, "ana.lu@example.org", true).await, Arrived::As(ana.clone()));
    let Arrived::As(second) = arrive(database, 2, "ana.lu@example.org", true).await else {
        panic!("admitted")
    };
    assert_ne!(second.id, ana.id);
    // Another import knows who she is by now.
    let indexes = [people[0].index, PastAddress::index(&sealer(), "x@y")];
    let found = past_members::find(database, &indexes).await.unwrap();
    assert_eq!(found, [Some((ana.id, ana.name)), None]);
    let pages = identities::list_all(database, None, 1).await.unwrap();
    assert_eq!(identities::list_all(database, Some(pages[0].id), 9).await.unwrap().len(), 1);
}

pub async fn linking_an_account_brings_the_history_of_its_address(database: &Database) {
    let (nest, _) = opened(database, 1).await;
    let asleep = past_member(50, "ana@example.org");
    past_members::ensure(database, std::slice::from_ref(&asleep)).await.unwrap();
    plays::import(database, nest, &[past(1, 1, Some(asleep.id), seconds(5))]).await.unwrap();
    let ana = member(7, "Ana", ServerRole::Member);
    members::insert(database, &ana).await.unwrap();
    let account = LinkedIdentity { member: ana.id, ..identity(9) };
    let entry = line(AuditAction::IdentityLinked);
    let linked = identities::link(database, &account, Some(asleep.index), &entry).await.unwrap();
    assert_eq!(linked, Linking::Linked);
    let played = nests::list_plays(database, Some(nest), None, 10).await.unwrap();
    assert_eq!(played[0].added_by.member(), Some(ana.id));
    assert_eq!(members::get(database, asleep.id).await.unwrap(), None);
    let found = past_members::find(database, &[asleep.index]).await.unwrap();
    assert_eq!(found, [Some((ana.id, ana.name.clone()))], "a later import finds her");
    // Whoever comes with the address now is somebody else.
    let Arrived::As(other) = arrive(database, 3, "ana@example.org", true).await else { panic!("admitted") };
    assert_ne!(other.id, ana.id);
}

const DAY: u64 = 24 * 3600;

pub async fn throwback_draws_from_people_s_plays_on_such_days_each_song_once(database: &Database) {
    let (nest, _) = opened(database, 1).await;
    let (empty, _) = opened(database, 2).await;
    let ana = Some(MemberId::from_u128(7));
    assert_eq!(plays::first_play(database, nest).await.unwrap(), None);
    // 60 days; on each song 1 three times, a song of the day, one by autofill.
    let mut log = Vec::new();
    for day in 0..60 {
        let at = |hour: u64| seconds(day * DAY + hour * 3600);
        let play = |hour, song, by| past(day * 10 + hour, song, by, at(hour));
        log.extend([play(1, 1, ana), play(2, 1, ana), play(3, 1, ana)]);
        log.extend([play(4, 100 + u128::from(day), ana), play(5, 900, None)]);
    }
    plays::import(database, nest, &log).await.unwrap();
    assert_eq!(plays::first_play(database, nest).await.unwrap(), Some(seconds(3600)));
    let day = |number: u64| seconds(number * DAY)..seconds((number + 1) * DAY);
    let days = PastDays { years: vec![day(3), day(10), day(17)], weeks: vec![day(31), day(38)] };
    let drawn = async |days: &PastDays, limit, chance| {
        let drawn = plays::throwback(database, nest, days, limit, chance).await.unwrap();
        drawn.iter().map(|play| play.track.title.clone()).collect::<Vec<_>>()
    };
    let mut all = drawn(&days, 100, 1).await;
    let years: BTreeSet<_> = all[..4].iter().cloned().collect();
    assert_eq!(years, ["Song 1", "Song 103", "Song 110", "Song 117"].map(String::from).into(), "years first");
    all[4..].sort();
    assert_eq!(all[4..], ["Song 131", "Song 138"], "then weeks, and no song twice");
    assert_eq!(drawn(&days, 100, 1).await[..4], all[..4], "the same chance draws the same");
    assert_eq!(drawn(&days, 2, 1).await.len(), 2);
    assert_eq!(drawn(&PastDays::default(), 5, 1).await, [""; 0]);
    assert_eq!(plays::throwback(database, empty, &days, 5, 1).await.unwrap(), []);
    let one = plays::throwback(database, nest, &days, 1, 4).await.unwrap();
    assert_eq!(one[0].added_by, Contributor::Person { id: MemberId::from_u128(7), name: "Ana".into() });
    // Uniform over plays: nine of twelve are of the song that is played thrice a day.
    let mut hits: BTreeMap<String, u32> = BTreeMap::new();
    for chance in 0..200 {
        *hits.entry(drawn(&days, 1, chance).await.remove(0)).or_default() += 1;
    }
    assert!((125..175).contains(&hits["Song 1"]), "{hits:?}");
}

pub async fn numbers_count_days_and_hours_by_the_clocks_of_the_zone(database: &Database) {
    let (nest, _) = opened(database, 1).await;
    let (other, _) = opened(database, 2).await;
    let ana = member(7, "Ana Lu", ServerRole::Member);
    members::insert(database, &ana).await.unwrap();
    // From a midnight of UTC on.
    let midnight = WallTime::from_micros(NOW.micros() / 86_400_000_000 * 86_400_000_000);
    let at = |hours: u64| midnight.plus(Duration::from_secs(hours * 3600 + 60));
    let ben = MemberId::from_u128(8);
    let log = [
        past(1, 1, Some(ana.id), at(1)),
        past(2, 1, Some(ana.id), at(22)),
        past(3, 2, Some(ben), at(23)),
        past(4, 3, None, at(25)),
    ];
    plays::import(database, nest, &log).await.unwrap();
    plays::import(database, other, &[past(5, 1, Some(ben), at(30))]).await.unwrap();
    let stretch = |beginning, ending, ahead_s| plays::Stretch { beginning, ending, ahead_s };
    // The clocks are an hour ahead, and two from the twelfth hour on.
    let stretches = [stretch(at(0), at(12), 3_600), stretch(at(12), at(48), 7_200)];
    let day = midnight.micros() / 86_400_000_000;
    let all = plays::stats(database, None, &stretches, 10).await.unwrap();
    assert_eq!(all.days, [(day, 1), (day + 1, 4)]);
    let hours: Vec<_> = all.hours.iter().enumerate().filter(|(_, plays)| **plays > 0).collect();
    assert_eq!(hours, [(0, &1), (1, &1), (2, &1), (3, &1), (8, &1)]);
    assert_eq!(
        all.people,
        [(ana.id, "Ana Lu".into(), 2), (ben, "Ana".into(), 2)],
        "by the name they have now"
    );
    let songs: Vec<_> = all.songs.iter().map(|song| (song.title.as_str(), song.plays, song.tally)).collect();
    assert_eq!(songs, [("Song 1", 3, 6), ("Song 2", 1, 2)], "what autofill played is nobody's love");
    assert_eq!(all.songs[0].source, spotify(1));
    let here = plays::stats(database, Some(nest), &stretches, 1).await.unwrap();
    assert_eq!((here.people.len(), here.songs.len(), here.songs[0].plays), (1, 1, 2));
    let west = plays::stats(database, None, &[stretch(at(0), at(48), -3_600 * 5)], 10).await.unwrap();
    assert_eq!(west.days, [(day - 1, 1), (day, 3), (day + 1, 1)]);
    assert_eq!(plays::stats(database, None, &[], 10).await.unwrap(), plays::Stats::default());
}

pub async fn a_reader_of_the_logs_misses_nothing_and_reads_nothing_twice(database: &Database) {
    const READER: &str = "reader";
    let (nest, state) = opened(database, 1).await;
    let person = Actor::Person { id: MemberId::from_u128(1), name: "Ana".into(), role: Role::Host };
    let song = |number| track(number, &format!("Song {number}"), "", "").summary();
    let mut state = state;
    // Plays a song to its end or, with `None`, closes the nest.
    let act = async |state: &nest::Nest, song: Option<model::TrackSummary>, at: u64| {
        let command = song.map_or(Command::Skip(None), Command::Add);
        let (after, events) = decided(state, &command, &person, seconds(at));
        let mut projections = Vec::new();
        for event in &events {
            match event.kind {
                nest::EventKind::PlaybackStarted { entry, started_at } => {
                    let playing = after.playing().map(|playing| playing.entry.clone()).unwrap();
                    projections.push(Projection::PlayStarted(Box::new(Play {
                        id: PlayId::from_u128(entry.sequence().into()),
                        nest,
                        entry,
                        track: (*playing.track).clone(),
                        added_by: playing.added_by.clone(),
                        because: None,
                        tally: 0,
                        started_at,
                        ended: None,
                        jams: Vec::new(),
                        comments: Vec::new(),
                    })));
                }
                nest::EventKind::PlaybackEnded { entry, outcome } => {
                    projections.push(Projection::PlayEnded { entry, at: event.at, outcome });
                }
                _ => {}
            }
        }
        nests::append(database, nest, &events, &projections).await.unwrap();
        after
    };
    state = act(&state, Some(song(1)), 1).await;
    state = act(&state, None, 2).await;
    log_readers::begin(database, READER).await.unwrap();
    assert_eq!(log_readers::unread(database, READER, 10).await.unwrap(), [], "it begins at the end");
    state = act(&state, Some(song(2)), 3).await;
    state = act(&state, None, 4).await;
    log_readers::begin(database, READER).await.unwrap();
    let unread = log_readers::unread(database, READER, 10).await.unwrap();
    assert_eq!(unread.len(), 1);
    let ended = log_readers::plays_ended(database, unread[0], 10).await.unwrap();
    assert_eq!(ended.len(), 1);
    let play = ended[0].play.clone().unwrap();
    assert_eq!((play.track.title.as_str(), play.ended.is_some()), ("Song 2", true));
    assert!(log_readers::advance(database, READER, unread[0], ended[0].sequence).await.unwrap());
    assert!(
        !log_readers::advance(database, READER, unread[0], ended[0].sequence).await.unwrap(),
        "another was first"
    );
    assert_eq!(log_readers::unread(database, READER, 10).await.unwrap(), []);
    state = act(&state, Some(song(3)), 5).await;
    let _last = act(&state, None, 6).await;
    let unread = log_readers::unread(database, READER, 10).await.unwrap();
    assert_eq!(unread, [Unread { nest, after: ended[0].sequence }]);
    // An ending whose play is gone is still one that was read.
    super::script(database, "delete from plays").await;
    let ended = log_readers::plays_ended(database, unread[0], 10).await.unwrap();
    assert_eq!(ended.len(), 1);
    assert_eq!(ended[0].play, None);
}
