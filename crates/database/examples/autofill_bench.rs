//! How long autofill's strategies take in a library of 50,000 tracks with 100,000 plays: `cargo xtask bench autofill`.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement at the command line")]
#![expect(clippy::disallowed_methods, reason = "a measurement reads a clock")]

use database::nests::{self, NestRecord};
use database::plays::{self, PastPlay, PastSong};
use database::{Database, Options, autofill, migrate, tracks};
use library::{AudioFormat, Blob, ExternalTrack, Loudness, Origin, Playable, Track};
use model::{
    BlobHash, Entropy as _, MemberId, NestCode, NestId, PlayId, SeededEntropy, TrackId, TrackPosition,
    WallTime,
};
use nest::{Jam, Nest, NestName, Outcome, Settings};
use std::future::Future;
use std::time::{Duration, Instant};

const TRACKS: u64 = 50_000;
const PLAYS: u64 = 100_000;
const ROUNDS: u64 = 200;
const DAY: Duration = Duration::from_secs(24 * 3600);
const NOW: WallTime = WallTime::from_micros(1_700_000_000_000_000);

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let folder = std::env::temp_dir().join(format!("rookery-autofill-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let url = format!("sqlite:{}", folder.join("bench.db").display());
    let database = Database::open(&url, Options::default()).await.unwrap();
    migrate::up(&database, NOW).await.unwrap();
    let all = fill_library(&database).await;
    fill_history(&database, &all).await;
    let seed = |round: u64| &all[(round * 241 % TRACKS) as usize];
    measure("any", |round| autofill::any(&database, spread(round))).await;
    measure("same genre", |round| autofill::of_genre(&database, &seed(round).genre, spread(round))).await;
    measure("same artist", |round| autofill::of_artist(&database, &seed(round).artist, spread(round))).await;
    measure("same album", |round| autofill::of_album(&database, seed(round))).await;
    measure("similar sound", |round| autofill::as_loud(&database, -9.0, spread(round))).await;
    let lead = |round: u64| format!("Artist {}", round % 2_000);
    measure("collaborators", |round| {
        let (database, lead) = (&database, lead(round));
        async move { autofill::of_collaborators(database, &lead, spread(round)).await }
    })
    .await;
    measure("favourites", |round| autofill::favourites(&database, NOW, spread(round))).await;
    let avoid: Vec<_> = all.iter().take(64).map(|track| track.id).collect();
    measure("one at once", |round| tracks::random_playable(&database, &avoid, spread(round))).await;
    database.close().await;
    std::fs::remove_dir_all(&folder).unwrap();
}

const fn spread(round: u64) -> u64 {
    round.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

async fn measure<'a, T, F: Future<Output = database::Result<T>> + 'a>(what: &str, ask: impl Fn(u64) -> F) {
    let mut times = Vec::new();
    for round in 0..ROUNDS {
        let began = Instant::now();
        ask(round).await.unwrap();
        times.push(began.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    println!("  {what:14} median {:.2} ms, p95 {:.2} ms, worst {:.2} ms", at(0.5), at(0.95), at(1.0));
}

/// Twenty genres of which some are large, two thousand artists, every tenth track by two.
async fn fill_library(database: &Database) -> Vec<Track> {
    let mut chance = SeededEntropy::from_seed(1);
    let mut all = Vec::new();
    for number in 0..TRACKS {
        let artist = chance.below(2_000);
        let other = chance.below(2_000);
        let together = number.is_multiple_of(10);
        let mut hash = [0; 32];
        hash[..8].copy_from_slice(&number.to_be_bytes());
        all.push(Track {
            id: TrackId::generate(NOW, &mut chance),
            title: format!("Song {number}"),
            artist: if together {
                format!("Artist {artist} feat. Artist {other}")
            } else {
                format!("Artist {artist}")
            },
            album: format!("Album {}", artist * 10 + chance.below(5)),
            album_artist: String::new(),
            genre: format!("Genre {}", chance.below(20) * chance.below(20) / 20),
            year: None,
            track_number: None,
            disc_number: None,
            isrc: None,
            duration: TrackPosition::from_millis(200_000),
            format: AudioFormat::Mp3,
            original: Blob { hash: BlobHash::from_bytes(hash), size_bytes: 4_000_000 },
            playable: Playable::Original,
            artwork: None,
            loudness: Some(Loudness {
                integrated_lufs: -14.0 + chance.below(1_000) as f32 / 100.0,
                true_peak: 1.0,
            }),
            added_by: None,
            added_at: NOW,
            origin: Origin::Upload,
        });
    }
    for batch in all.chunks(500) {
        tracks::insert(database, batch).await.unwrap();
    }
    all
}

/// Eight years, of which every fourth play was loved.
async fn fill_history(database: &Database, all: &[Track]) {
    let (_, first) = Nest::open(Settings::new(NestName::parse("Attic").unwrap()), None, NOW);
    let nest = NestId::from_u128(1);
    let record = NestRecord {
        id: nest,
        code: NestCode::MAIN,
        name: "Attic".into(),
        created_by: None,
        created_at: NOW,
        closed_at: None,
        listened_at: None,
    };
    nests::open(database, &record, &first).await.unwrap();
    let history = DAY * 365 * 8;
    let mut chance = SeededEntropy::from_seed(2);
    let play = |number: u64, chance: &mut SeededEntropy| {
        let track = &all[chance.below(10_000) as usize];
        let started_at = NOW.minus(history).plus(history / PLAYS as u32 * number as u32);
        let loved = number.is_multiple_of(4);
        let jam = |by| Jam { by: MemberId::from_u128(by), name: "Ben".to_owned(), at: started_at };
        PastPlay {
            id: PlayId::from_u128(u128::from(number) + 1),
            song: PastSong::Library {
                id: track.id,
                said: ExternalTrack {
                    id: track.id,
                    source: "youtube:dQw4w9WgXcQ".parse().unwrap(),
                    title: track.title.clone(),
                    artist: track.artist.clone(),
                    album: String::new(),
                    duration: track.duration,
                    isrc: None,
                    artwork_url: None,
                    is_explicit: false,
                    fetched_at: started_at,
                },
            },
            added_by: Some((MemberId::from_u128(7), "Ana".to_owned())),
            started_at,
            or_started_at: None,
            ended_at: started_at.plus(Duration::from_secs(200)),
            outcome: Outcome::Finished,
            tally: if loved { 2 } else { 0 },
            jams: if loved { vec![jam(20), jam(21)] } else { Vec::new() },
            comments: Vec::new(),
        }
    };
    let numbers: Vec<u64> = (0..PLAYS).collect();
    for batch in numbers.chunks(plays::IMPORT_PLAYS_MAX) {
        let batch: Vec<_> = batch.iter().map(|&number| play(number, &mut chance)).collect();
        plays::import(database, nest, &batch).await.unwrap();
    }
}
